package org.dyntrace.jmc.tab;

import jakarta.inject.Inject;
import java.util.OptionalLong;
import javax.management.MBeanServerConnection;
import org.dyntrace.jmc.model.GivenWay;
import org.eclipse.ui.forms.IManagedForm;

/** The tab in JMC's JMX console. JMC makes it, and injects what it has of the connection and of the page. */
public final class DyntraceTab {
    /** Made by JMC. */
    public DyntraceTab() {}

    /**
     * Fills the page.
     *
     * @param server the MBeans of the JVM that the console is connected to
     * @param form the page
     */
    @Inject
    void createPageContent(MBeanServerConnection server, IManagedForm form) {
        new DaemonPane(form, new GivenWay(server), OptionalLong.empty());
    }
}
