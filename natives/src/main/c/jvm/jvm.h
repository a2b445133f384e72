/*
 * The native part of the Java agent: the natives of org.dyntrace.agent.natives.Natives. Their contract stands there.
 *
 * Nothing here holds a lock of the JVM, or one of its own, while it blocks.
 */
#ifndef DYNTRACE_JVM_H
#define DYNTRACE_JVM_H

#include "../agent/file.h"

#include <jni.h>
#include <stdbool.h>
#include <stddef.h>

/* The name of the C function of a native. */
#define NATIVE(name) Java_org_dyntrace_agent_natives_Natives_##name

/* Milliseconds on a clock that no one sets. */
long dyntrace_now(void);

/* Copies a Java string, zero-terminated. False if it is null or too long. */
bool dyntrace_text(JNIEnv *env, jstring from, char *to, size_t size);

#endif
