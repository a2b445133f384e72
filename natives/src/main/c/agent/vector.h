/* Vector registers of the traced code, kept while a tracer runs. */
#ifndef DYNTRACE_VECTOR_H
#define DYNTRACE_VECTOR_H

#include "layout.h"

/* What there is to be kept: 0 SSE, 1 AVX, 2 AVX-512. */
extern int dyntrace_vector_state;
void dyntrace_vector_detect(void);
/* Calls a tracer that may use vector registers, and puts them all back. */
int dyntrace_call_vector(dyntrace_tracer tracer, const struct dyntrace_site *site, enum dyntrace_event event);

#endif
