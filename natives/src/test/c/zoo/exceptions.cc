/* Trap: C++ exceptions that are thrown through traced functions and caught in one above. */
#include "zoo.h"

#include <stdexcept>

static int destroyed;

struct Witness {
	~Witness()
	{
		destroyed++;
	}
};

TRACED int traced_thrower(int value)
{
	Witness witness;

	if (value)
		throw std::runtime_error("thrown");
	return 1;
}

TRACED int traced_between(int value)
{
	Witness witness;

	return traced_thrower(value) + 1;
}

TRACED int traced_catcher(int value)
{
	try {
		return traced_between(value) + 1;
	} catch (const std::runtime_error &error) {
		return strcmp(error.what(), "thrown") ? -1 : 42;
	}
}

static void throw_and_catch()
{
	for (int i = 0; i < 10; i++) {
		destroyed = 0;
		CHECK(traced_catcher(i & 1) == (i & 1 ? 42 : 3));
		CHECK(destroyed == 2);
	}
	zoo_count(30);
}

int main()
{
	return zoo(throw_and_catch);
}
