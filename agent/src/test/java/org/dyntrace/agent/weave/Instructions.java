package org.dyntrace.agent.weave;

import java.util.Arrays;

/**
 * A method's instructions without the indexes into the constant pool: when a class is replaced, the JVM merges its pool with the old
 * one, and entries that are there twice get the place of the first.
 */
final class Instructions {
    private static final int LDC = 18;
    private static final int LDC2_W = 20;
    private static final int GETSTATIC = 178;
    private static final int TABLESWITCH = 170;
    private static final int LOOKUPSWITCH = 171;
    private static final int WIDE = 196;
    private static final int IINC = 132;
    // By opcode, how long an instruction is; 0: tableswitch, lookupswitch and wide, which tell it themselves.
    private static final String LENGTHS = "1111111111111111" // nop .. dconst_1
            + "2323322222" // bipush .. aload
            + "1".repeat(54 - 26) // iload_0 .. saload
            + "22222" // istore .. astore
            + "1".repeat(132 - 59) // istore_0 .. lxor
            + "3" // iinc
            + "1".repeat(153 - 133) // i2l .. dcmpg
            + "3".repeat(169 - 153) // ifeq .. jsr
            + "2" // ret
            + "00" // switches
            + "111111" // returns
            + "3333333"; // getstatic .. invokestatic

    private Instructions() {}

    static byte[] withoutIndexes(byte[] code) {
        byte[] bare = code.clone();
        for (int at = 0; at < bare.length; ) {
            int opcode = bare[at] & 0xff;
            int length = length(bare, at, opcode);
            boolean wide = opcode > LDC && opcode <= LDC2_W
                    || opcode >= GETSTATIC && opcode <= 187
                    || opcode == 189
                    || opcode == 192
                    || opcode == 193
                    || opcode == 197;
            if (opcode == LDC || wide) {
                Arrays.fill(bare, at + 1, at + (opcode == LDC ? 2 : 3), (byte) 0);
            }
            at += length;
        }
        return bare;
    }

    private static int length(byte[] code, int at, int opcode) {
        int operands = (at + 4) & ~3;
        return switch (opcode) {
            case TABLESWITCH ->
                operands + 12 + 4 * (integer(code, operands + 8) - integer(code, operands + 4) + 1) - at;
            case LOOKUPSWITCH -> operands + 8 + 8 * integer(code, operands + 4) - at;
            case WIDE -> (code[at + 1] & 0xff) == IINC ? 6 : 4;
            case 185, 186, 200, 201 -> 5; // invokeinterface, invokedynamic, goto_w, jsr_w
            case 188 -> 2; // newarray
            case 187, 189, 192, 193, 198, 199 -> 3; // new, anewarray, checkcast, instanceof, ifnull, ifnonnull
            case 190, 191, 194, 195 -> 1; // arraylength, athrow, monitors
            case 197 -> 4; // multianewarray
            default -> LENGTHS.charAt(opcode) - '0';
        };
    }

    private static int integer(byte[] code, int at) {
        return (code[at] & 0xff) << 24 | (code[at + 1] & 0xff) << 16 | (code[at + 2] & 0xff) << 8 | code[at + 3] & 0xff;
    }
}
