/*
 * What the JVM knows of a class's methods, through JVMTI: reflection would load the classes of all parameters, and run
 * the program's class loaders for it.
 */
#include "jvm.h"

#include <jvmti.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

JNIEXPORT jint JNICALL JNI_OnLoad(JavaVM *vm, void *reserved);
JNIEXPORT void JNICALL JNI_OnUnload(JavaVM *vm, void *reserved);
JNIEXPORT jboolean JNICALL NATIVE(safepoint)(JNIEnv *env, jclass type);
JNIEXPORT jobjectArray JNICALL NATIVE(methods)(JNIEnv *env, jclass type, jclass of);
JNIEXPORT jbyteArray JNICALL NATIVE(bytecodes)(JNIEnv *env, jclass type, jclass of, jstring name, jstring descriptor);

static JavaVM *machine;
static pthread_once_t made = PTHREAD_ONCE_INIT;
/* One environment as long as this library is there: the JVM keeps even disposed ones for a while. NULL: the JVM has no JVMTI. */
static jvmtiEnv *tool;

jint JNI_OnLoad(JavaVM *vm, void *reserved)
{
	(void)reserved;
	machine = vm;
	return JNI_VERSION_10;
}

static void make(void)
{
	if ((*machine)->GetEnv(machine, (void **)&tool, JVMTI_VERSION_11) != JNI_OK)
		tool = NULL;
}

static jvmtiEnv *environment(void)
{
	pthread_once(&made, make);
	return tool;
}

/* The class loader of the agent is collected: nothing of this library runs any more. */
void JNI_OnUnload(JavaVM *vm, void *reserved)
{
	(void)vm;
	(void)reserved;
	if (tool)
		(*tool)->DisposeEnvironment(tool);
	tool = NULL;
}

static void release(jvmtiEnv *jvmti, void *memory)
{
	(*jvmti)->Deallocate(jvmti, memory);
}

jboolean NATIVE(safepoint)(JNIEnv *env, jclass type)
{
	jvmtiEnv *jvmti = environment();
	jvmtiStackInfo *stacks;
	jint count;

	(void)env;
	(void)type;
	/* What the JVM does at a safepoint anyway, with the least work; the references are gone when this native returns. */
	if (!jvmti || (*jvmti)->GetAllStackTraces(jvmti, 1, &stacks, &count))
		return JNI_FALSE;
	release(jvmti, stacks);
	return JNI_TRUE;
}

/* Puts a string into an array; false with an exception pending if there is no memory. */
static bool put(JNIEnv *env, jobjectArray array, jsize at, const char *text)
{
	jstring string = (*env)->NewStringUTF(env, text);

	if (!string)
		return false;
	(*env)->SetObjectArrayElement(env, array, at, string);
	(*env)->DeleteLocalRef(env, string);
	return !(*env)->ExceptionCheck(env);
}

/* False with an exception pending if there is no memory. A method that the JVM can't tell of stays null. */
static bool describe(JNIEnv *env, jvmtiEnv *jvmti, jmethodID method, jsize at, jobjectArray names,
		     jobjectArray descriptors, jint *modifiers)
{
	char *name, *descriptor;
	bool good;

	*modifiers = 0;
	if ((*jvmti)->GetMethodName(jvmti, method, &name, &descriptor, NULL))
		return true;
	(*jvmti)->GetMethodModifiers(jvmti, method, modifiers);
	good = put(env, names, at, name) && put(env, descriptors, at, descriptor);
	release(jvmti, name);
	release(jvmti, descriptor);
	return good;
}

static jobjectArray three(JNIEnv *env, jobject first, jobject second, jobject third)
{
	jclass object = (*env)->FindClass(env, "java/lang/Object");
	jobjectArray all = object ? (*env)->NewObjectArray(env, 3, object, NULL) : NULL;

	if (all) {
		(*env)->SetObjectArrayElement(env, all, 0, first);
		(*env)->SetObjectArrayElement(env, all, 1, second);
		(*env)->SetObjectArrayElement(env, all, 2, third);
	}
	return all;
}

static jobjectArray describe_all(JNIEnv *env, jvmtiEnv *jvmti, const jmethodID *methods, jint count)
{
	jclass string = (*env)->FindClass(env, "java/lang/String");
	jobjectArray names = string ? (*env)->NewObjectArray(env, count, string, NULL) : NULL;
	jobjectArray descriptors = names ? (*env)->NewObjectArray(env, count, string, NULL) : NULL;
	jintArray modifiers = descriptors ? (*env)->NewIntArray(env, count) : NULL;

	if (!modifiers)
		return NULL;
	for (jint i = 0; i < count; i++) {
		jint bits;

		if (!describe(env, jvmti, methods[i], i, names, descriptors, &bits))
			return NULL;
		(*env)->SetIntArrayRegion(env, modifiers, i, 1, &bits);
	}
	return three(env, names, descriptors, modifiers);
}

jobjectArray NATIVE(methods)(JNIEnv *env, jclass type, jclass of)
{
	jvmtiEnv *jvmti = environment();
	jobjectArray described;
	jmethodID *methods;
	jint count;

	(void)type;
	if (!of || !jvmti || (*jvmti)->GetClassMethods(jvmti, of, &count, &methods))
		return NULL;
	described = describe_all(env, jvmti, methods, count);
	release(jvmti, methods);
	return described;
}

/* The method of this name and descriptor, or NULL. JNI's own search would initialize the class. */
static jmethodID find(jvmtiEnv *jvmti, jclass of, const char *name, const char *descriptor)
{
	jmethodID *methods, found = NULL;
	jint count;

	if ((*jvmti)->GetClassMethods(jvmti, of, &count, &methods))
		return NULL;
	for (jint i = 0; i < count && !found; i++) {
		char *its_name, *its_descriptor;

		if ((*jvmti)->GetMethodName(jvmti, methods[i], &its_name, &its_descriptor, NULL))
			continue;
		if (!strcmp(its_name, name) && !strcmp(its_descriptor, descriptor))
			found = methods[i];
		release(jvmti, its_name);
		release(jvmti, its_descriptor);
	}
	release(jvmti, methods);
	return found;
}

/* A Java string in the form that JVMTI uses, to be freed; NULL if it is null or there is no memory. */
static char *copy(JNIEnv *env, jstring from)
{
	size_t size = from ? (size_t)(*env)->GetStringUTFLength(env, from) + 1 : 0;
	char *to = size ? malloc(size) : NULL;

	if (to && !dyntrace_text(env, from, to, size)) {
		free(to);
		to = NULL;
	}
	return to;
}

static jbyteArray read_bytecodes(JNIEnv *env, jvmtiEnv *jvmti, jmethodID method)
{
	jbyteArray array;
	unsigned char *bytes;
	jint length;

	if ((*jvmti)->GetBytecodes(jvmti, method, &length, &bytes))
		return NULL;
	array = length > 0 ? (*env)->NewByteArray(env, length) : NULL;
	if (array)
		(*env)->SetByteArrayRegion(env, array, 0, length, (const jbyte *)bytes);
	release(jvmti, bytes);
	return array;
}

jbyteArray NATIVE(bytecodes)(JNIEnv *env, jclass type, jclass of, jstring name, jstring descriptor)
{
	const jvmtiCapabilities needed = {.can_get_bytecodes = 1};
	jvmtiEnv *jvmti = environment();
	char *its_name = copy(env, name), *its_descriptor = copy(env, descriptor);
	jbyteArray bytes = NULL;

	(void)type;
	/* Asking again for what one has changes nothing. */
	if (of && jvmti && its_name && its_descriptor && !(*jvmti)->AddCapabilities(jvmti, &needed)) {
		jmethodID method = find(jvmti, of, its_name, its_descriptor);

		if (method)
			bytes = read_bytecodes(env, jvmti, method);
	}
	free(its_name);
	free(its_descriptor);
	return bytes;
}
