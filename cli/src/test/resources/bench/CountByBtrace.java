import java.util.concurrent.atomic.AtomicLong;
import org.openjdk.btrace.core.BTraceUtils;
import org.openjdk.btrace.core.annotations.BTrace;
import org.openjdk.btrace.core.annotations.OnMethod;

/** BTrace's own way to count calls exactly. */
@BTrace
public class CountByBtrace {
    private static AtomicLong calls = BTraceUtils.Atomic.newAtomicLong(0);

    @OnMethod(clazz = "org.dyntrace.bench.Calls", method = "countPoint")
    public static void call() {
        BTraceUtils.Atomic.getAndIncrement(calls);
    }
}
