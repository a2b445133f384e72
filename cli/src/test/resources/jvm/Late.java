/** Loaded after the tracepoint was placed. */
public class Late {
    public static void times(int n) {
        for (int i = 0; i < n; i++) {
            once();
        }
    }

    static void once() {}
}
