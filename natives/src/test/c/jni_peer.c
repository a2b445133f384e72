/*
 * The other end of the Java agent's link: jni_peer SOCKET [FILE COUNT]. Takes one connection, sends the byte 'p' with COUNT
 * descriptors of FILE, and then sends back all that comes, until the other side ends.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define MOST 4

static int pass(int connection, const char *file, int count)
{
	char control[CMSG_SPACE(MOST * sizeof(int))] = {0};
	char byte = 'p';
	struct iovec part = {&byte, 1};
	struct msghdr message = {.msg_iov = &part,
				 .msg_iovlen = 1,
				 .msg_control = control,
				 .msg_controllen = CMSG_SPACE(count * sizeof(int))};
	struct cmsghdr *head = CMSG_FIRSTHDR(&message);
	int fd = open(file, O_WRONLY | O_APPEND);

	head->cmsg_level = SOL_SOCKET;
	head->cmsg_type = SCM_RIGHTS;
	head->cmsg_len = CMSG_LEN(count * sizeof(int));
	for (int i = 0; i < count; i++)
		memcpy(CMSG_DATA(head) + i * sizeof(int), &fd, sizeof(int));
	return fd < 0 || sendmsg(connection, &message, 0) != 1;
}

int main(int argc, char **argv)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int door = socket(AF_UNIX, SOCK_STREAM, 0), connection;
	char buffer[4096];
	ssize_t got;

	if (argc < 2 || strlen(argv[1]) >= sizeof(address.sun_path))
		return 2;
	strcpy(address.sun_path, argv[1]);
	if (bind(door, (struct sockaddr *)&address, sizeof(address)) || listen(door, 1) || chmod(argv[1], 0666)) {
		perror(argv[1]);
		return 1;
	}
	puts("listening");
	fflush(stdout);
	connection = accept(door, NULL, NULL);
	if (connection < 0 || (argc > 3 && pass(connection, argv[2], atoi(argv[3]))))
		return 1;
	while ((got = read(connection, buffer, sizeof(buffer))) > 0)
		for (ssize_t done = 0, sent; done < got; done += sent)
			if ((sent = write(connection, buffer + done, (size_t)(got - done))) < 0)
				return 1;
	return 0;
}
