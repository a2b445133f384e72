import java.util.ArrayList;
import java.util.List;
import java.util.Scanner;
import javax.tools.ToolProvider;

/** The JDK's javac, again and again in one JVM: each line is what it is called with. */
public class Compile {
    public static void main(String[] arguments) {
        System.out.println("ready");
        Scanner input = new Scanner(System.in);
        while (input.hasNextLine()) {
            List<String> words = new ArrayList<>(List.of(input.nextLine().split(" ")));
            int code = ToolProvider.getSystemJavaCompiler().run(null, null, null, words.toArray(new String[0]));
            System.out.println("javac exits " + code);
        }
    }
}
