package org.dyntrace.daemon.access;

import java.nio.file.Path;
import java.util.Optional;

/**
 * How the daemon is reached over the network.
 *
 * @param port of registry and connector, 1 to 65535
 * @param address to listen on, or all of the machine's
 * @param host the name by which clients reach the machine, or the machine's own
 * @param keystore with the daemon's key and certificate
 * @param keystorePassword a file with its password
 * @param truststore with the certificates of those who sign clients' certificates; clients need one then
 * @param truststorePassword a file with its password
 * @param passwords the JDK's file of JMX passwords; clients need one then
 * @param access the JDK's file of JMX access levels, by the name of a password or a certificate's CN
 * @param user the local user in whose name remote clients' files are opened; nobody if not named, or the daemon's own if it isn't
 *     root's
 */
public record RemoteSettings(
        int port,
        Optional<String> address,
        Optional<String> host,
        Path keystore,
        Path keystorePassword,
        Optional<Path> truststore,
        Optional<Path> truststorePassword,
        Optional<Path> passwords,
        Path access,
        Optional<String> user) {}
