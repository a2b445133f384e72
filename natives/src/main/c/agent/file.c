/* Descriptors in a table that is not ours. */
#define _GNU_SOURCE
#include "file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

/* High enough to stay clear of the numbers that programs count on. */
#define LOWEST_FD 500

struct dyntrace_file dyntrace_keep(int fd)
{
	struct dyntrace_file file = {.fd = -1};
	struct stat seen;
	int high;

	if (fd < 0)
		return file;
	high = fcntl(fd, F_DUPFD_CLOEXEC, LOWEST_FD);
	if (high >= 0) {
		close(fd);
		fd = high;
	}
	if (fstat(fd, &seen)) {
		close(fd);
		return file;
	}
	file.fd = fd;
	file.device = seen.st_dev;
	file.inode = seen.st_ino;
	return file;
}

bool dyntrace_still(const struct dyntrace_file *file)
{
	struct stat seen;

	return file->fd >= 0 && fstat(file->fd, &seen) == 0 && seen.st_dev == file->device &&
	       seen.st_ino == file->inode;
}

void dyntrace_drop(struct dyntrace_file *file)
{
	if (dyntrace_still(file))
		close(file->fd);
	file->fd = -1;
}
