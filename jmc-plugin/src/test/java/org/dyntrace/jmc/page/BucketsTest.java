package org.dyntrace.jmc.page;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class BucketsTest {
    @Test
    void haveEachDurationOnce() {
        assertEquals(0, Buckets.from(0));
        assertEquals(Long.MAX_VALUE, Buckets.to(Buckets.count() - 1));
        assertEquals(Buckets.count() - 1, Buckets.of(Long.MAX_VALUE));
        for (int bucket = 0; bucket < Buckets.count(); bucket++) {
            assertTrue(Buckets.from(bucket) < Buckets.to(bucket));
            assertEquals(bucket, Buckets.of(Buckets.from(bucket)));
            assertEquals(bucket, Buckets.of(Buckets.to(bucket) - 1));
            assertTrue(bucket == 0 || Buckets.to(bucket - 1) == Buckets.from(bucket));
        }
    }

    @Test
    void haveBoundsThatCanBeRead() {
        int first = Buckets.of(1_000_000);
        assertEquals(
                List.of(
                        1_000_000L,
                        1_250_000L,
                        1_600_000L,
                        2_000_000L,
                        2_500_000L,
                        3_200_000L,
                        4_000_000L,
                        5_000_000L,
                        6_300_000L,
                        8_000_000L,
                        10_000_000L),
                IntStream.rangeClosed(first, first + 10).mapToObj(Buckets::from).toList());
        assertEquals(13, Buckets.to(Buckets.of(10)));
    }
}
