import java.util.Arrays;
import java.util.Scanner;
import java.util.spi.ToolProvider;

/** Tools of the JDK, again and again in one JVM: each line is a tool and what it is called with. */
public class Tools {
    public static void main(String[] arguments) {
        System.out.println("ready");
        Scanner input = new Scanner(System.in);
        while (input.hasNextLine()) {
            String[] words = input.nextLine().split(" ");
            int code = ToolProvider.findFirst(words[0])
                    .orElseThrow()
                    .run(System.out, System.out, Arrays.copyOfRange(words, 1, words.length));
            System.out.println(words[0] + " exits " + code);
        }
    }
}
