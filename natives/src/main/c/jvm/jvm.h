/*
 * The native part of the Java agent: the natives of org.dyntrace.agent.natives.Natives. Their contract stands there.
 *
 * Nothing here holds a lock of the JVM, or one of its own, while it blocks.
 */
#ifndef DYNTRACE_JVM_H
#define DYNTRACE_JVM_H

#include <jni.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* The name of the C function of a native. */
#define NATIVE(name) Java_org_dyntrace_agent_natives_Natives_##name

/* A descriptor of ours in the program's table. Programs close descriptors that they don't know and get the numbers again. */
struct dyntrace_file {
	int fd; /* -1: none */
	dev_t device;
	ino_t inode;
};

/* file.c */
/* Takes a descriptor to a number that programs don't count on, and remembers which file it is. fd may be negative. */
struct dyntrace_file dyntrace_keep(int fd);
/* Whether the descriptor still is that file. */
bool dyntrace_still(const struct dyntrace_file *file);
/* Closes it if it still is that file, and forgets it. */
void dyntrace_drop(struct dyntrace_file *file);

/* Milliseconds on a clock that no one sets. */
long dyntrace_now(void);

/* Copies a Java string, zero-terminated. False if it is null or too long. */
bool dyntrace_text(JNIEnv *env, jstring from, char *to, size_t size);

#endif
