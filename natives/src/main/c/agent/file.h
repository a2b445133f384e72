/* A descriptor of ours in the program's table. Programs close descriptors that they don't know and get the numbers again. */
#ifndef DYNTRACE_FILE_H
#define DYNTRACE_FILE_H

#include <stdbool.h>
#include <sys/types.h>

struct dyntrace_file {
	int fd; /* -1: none */
	dev_t device;
	ino_t inode;
};

/* Takes a descriptor to a number that programs don't count on, and remembers which file it is. fd may be negative. */
struct dyntrace_file dyntrace_keep(int fd);
/* Whether the descriptor still is that file. */
bool dyntrace_still(const struct dyntrace_file *file);
/* Closes it if it still is that file, and forgets it. */
void dyntrace_drop(struct dyntrace_file *file);

#endif
