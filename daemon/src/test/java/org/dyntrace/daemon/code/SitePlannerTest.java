package org.dyntrace.daemon.code;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.dyntrace.daemon.elf.Match;
import org.dyntrace.daemon.elf.ModuleCache;
import org.dyntrace.daemon.elf.Query;
import org.dyntrace.daemon.elf.Symbols;
import org.dyntrace.daemon.proc.ProcessId;
import org.dyntrace.daemon.proc.ProcessMemory;
import org.dyntrace.mbeans.Failure;
import org.dyntrace.mbeans.Reason;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the planner makes of functions written for it, each a case of its own. */
class SitePlannerTest {
    private static final String ASSEMBLER = """
            .macro function name
            .p2align 4, 0xcc
            .globl \\name
            .type \\name, @function
            \\name:
            .cfi_startproc
            .endm
            .macro end name
            .cfi_endproc
            .size \\name, . - \\name
            .endm
            .text
            function one_long
              sub $0x1000, %rsp
              add $0x1000, %rsp
              ret
            end one_long
            function several
              push %rbp
              mov %rsp, %rbp
              mov %edi, %eax
              pop %rbp
              ret
            end several
            function with_endbr
              endbr64
              push %rbp
              mov %rsp, %rbp
              mov %edi, %eax
              pop %rbp
              ret
            end with_endbr
            function short_padded
              ret
            end short_padded
            function short_crowded
              ret
            end short_crowded
            .globl crowd
            .type crowd, @function
            crowd: .cfi_startproc
              mov $1, %eax
              ret
            .cfi_endproc
            .size crowd, . - crowd
            function branch_inside
              nop
            1: dec %edi
              nop
              nop
              nop
              jnz 1b
              ret
            end branch_inside
            function loop_to_itself
            1: sub $0x1000, %rdi
              jnz 1b
              ret
            end loop_to_itself
            function pointed_to
              nop
            .Linside: nop
              nop
              nop
              nop
              ret
            end pointed_to
            function jump_table
              xor %eax, %eax
              mov %edi, %edi
              lea table(%rip), %rdx
              movslq (%rdx, %rdi, 4), %rcx
              add %rdx, %rcx
              jmp *%rcx
            1: mov $1, %eax
              ret
            2: mov $2, %eax
              ret
            end jump_table
            function jump_back_table
              xor %eax, %eax
            4: inc %eax
              lea loop_table(%rip), %rdx
              movslq (%rdx, %rdi, 4), %rcx
              add %rdx, %rcx
              jmp *%rcx
            5: ret
            end jump_back_table
            function jump_computed
              mov %edi, %eax
              lea 6f(%rip), %rdx
              lea (%rdx, %rax, 4), %rdx
              jmp *%rdx
            6: xor %eax, %eax
              nop
              ret
            end jump_computed
            function jump_computed_at_once
              push %rbx
              nop
              lea (%rdi, %rdi, 4), %rdx
              jmp *%rdx
              ret
            end jump_computed_at_once
            function jump_table_framed
              push %rbx
              mov %edi, %ebx
              sub $16, %rsp
              lea table(%rip), %rdx
              movslq (%rdx, %rbx, 4), %rcx
              add %rdx, %rcx
              jmp *%rcx
            3: add $16, %rsp
              pop %rbx
              ret
            end jump_table_framed
            function tail_call
              mov %rsi, %rax
              mov (%rdi), %rcx
              jmp *%rcx
            end tail_call
            function calls_early
              push %rbx
              call *%rdi
              mov %rax, %rbx
              pop %rbx
              ret
            end calls_early
            function with_data
              jmp 1f
              .byte 0x48, 0xb8
            1: mov $1, %eax
              mov $2, %eax
              ret
            end with_data
            function undecodable
              nop
              .byte 0x06, 0x06, 0x06, 0x06
              ret
            end undecodable
            function setjmp_like
              mov $1, %eax
              ret
            end setjmp_like
            .globl _setjmp
            .set _setjmp, setjmp_like
            .p2align 4
            falls_into_padding: .cfi_startproc
            .type falls_into_padding, @function
              mov $1, %eax
              .cfi_endproc
            .size falls_into_padding, . - falls_into_padding
            .p2align 5, 0x90
            .rept 24
              mov $1, %eax
            .endr
            .globl crowded
            .type crowded, @function
            crowded: .cfi_startproc
              mov %edi, %eax
              ret
              .cfi_endproc
            .size crowded, . - crowded
            .globl neighbour
            .type neighbour, @function
            neighbour: .cfi_startproc
              .rept 6
              add $1000, %eax
              .endr
            1: dec %edi
              call *%rsi
              jnz 1b
              add $1, %eax
              add $2, %eax
              add $3, %eax
              add $4, %eax
              ret
              .cfi_endproc
            .size neighbour, . - neighbour
            .section .rodata
            table: .long 1b - table, 2b - table, 3b - table
            loop_table: .long 4b - loop_table, 5b - loop_table
            .section .data
            .quad .Linside
            .section .note.GNU-stack, "", @progbits
            """;
    private static final String MAIN =
            "#include <stdio.h>\n#include <unistd.h>\n" + "int main() { puts(\"ready\"); fflush(stdout); pause(); }\n";

    private final SitePlanner planner = new SitePlanner(Natives.codec());
    private final PatchedCode patched = new PatchedCode();

    @TempDir
    Path folder;

    private Process process;
    private Symbols symbols;
    private ProcessMemory memory;

    @BeforeEach
    void start() throws Exception {
        Path assembler = Files.writeString(folder.resolve("cases.s"), ASSEMBLER);
        Path main = Files.writeString(folder.resolve("main.c"), MAIN);
        Path program = folder.resolve("cases");
        assertEquals(
                0,
                new ProcessBuilder("gcc", main.toString(), assembler.toString(), "-o", program.toString())
                        .inheritIO()
                        .start()
                        .waitFor());
        process = new ProcessBuilder(program.toString()).start();
        process.inputReader().readLine();
        ProcessId id = ProcessId.current((int) process.pid());
        symbols = new ModuleCache(Natives.codec()).symbolsOf(id);
        memory = ProcessMemory.open(id);
    }

    @AfterEach
    void stop() {
        memory.close();
        process.destroyForcibly();
    }

    private Match match(String name, long offset) {
        return symbols.find(new Query(Query.Kind.NAME, name, "cases", offset), address -> address)
                .get(0);
    }

    private Planned plan(String name, long offset, boolean entryExit) {
        Match match = match(name, offset);
        return planner.plan(match.module(), match.address(), entryExit, memory::read, patched);
    }

    private SitePlan planned(String name, long offset, boolean entryExit) {
        return assertInstanceOf(SitePlan.class, plan(name, offset, entryExit), name);
    }

    private Reason refused(String name, long offset, boolean entryExit) {
        return assertInstanceOf(Refusal.class, plan(name, offset, entryExit), name)
                .reason();
    }

    @Test
    void takesWholeInstructions() {
        assertEquals(7, planned("one_long", 0, true).window().length());
        SitePlan several = planned("several", 0, true);
        assertArrayEquals(new int[] {0, 1, 4}, several.window().boundaries());
        assertEquals(6, several.window().length());
        assertEquals(several.window().length(), several.window().codeLength());
        assertEquals(match("several", 0).address(), several.patchAddress());
    }

    @Test
    void patchesBehindEndbr() {
        SitePlan plan = planned("with_endbr", 0, true);
        assertEquals(plan.address() + 4, plan.patchAddress());
        assertEquals(match("with_endbr", 0).address(), plan.address());
        assertEquals(6, plan.window().length());
    }

    @Test
    void usesPaddingOnly() {
        SitePlan plan = planned("short_padded", 0, true);
        assertEquals(1, plan.window().codeLength());
        assertEquals(5, plan.window().length());
        assertEquals(Reason.TOO_SHORT, refused("short_crowded", 0, false));
    }

    @Test
    void leavesBranchTargetsAlone() {
        assertEquals(Reason.BRANCH_INTO_SITE, refused("branch_inside", 0, false));
        assertEquals(Reason.BRANCH_INTO_SITE, refused("pointed_to", 0, false));
        planned("loop_to_itself", 0, false);
        assertEquals(Reason.BRANCH_INTO_SITE, refused("loop_to_itself", 0, true));
    }

    @Test
    void tellsJumpTablesFromTailCalls() {
        planned("jump_table", 0, false);
        // The first instruction alone, of 2 bytes, can be had.
        assertTrue(planned("jump_back_table", 0, false).island().isPresent());
        assertTrue(planned("jump_computed", 0, false).island().isPresent());
        assertEquals(Reason.INDIRECT_BRANCH, refused("jump_computed_at_once", 0, false));
        planned("jump_table_framed", 0, true);
        // One instruction: no jump leads into its middle.
        planned("jump_table", 4, false);
        planned("tail_call", 0, true);
    }

    @Test
    void takesCallsAtTheEndOnly() {
        assertEquals(3, planned("calls_early", 0, false).window().length());
        assertEquals(2, planned("calls_early", 1, false).window().length());
    }

    @Test
    void jumpsByWayOfPaddingWhereThereIsNoRoom() {
        SitePlan plan = planned("jump_computed", 0, true);
        assertEquals(2, plan.window().length());
        Window island = plan.island().orElseThrow();
        assertEquals(0, island.codeLength());
        assertEquals(5, island.length());
        byte[] there = new byte[5];
        memory.read(island.start(), there);
        for (byte one : there) {
            assertEquals((byte) 0xcc, one);
        }
        patched.add(plan);
        SitePlan again = planned("jump_computed", 0, false);
        assertEquals(island.start(), again.island().orElseThrow().start());
        SitePlan other = planned("jump_back_table", 0, false);
        assertNotEquals(island.start(), other.island().orElseThrow().start());
    }

    @Test
    void movesInstructionsOfANeighbourWhereThereIsNoPadding() {
        SitePlan plan = planned("crowded", 0, true);
        assertEquals(2, plan.window().length());
        Window island = plan.island().orElseThrow();
        long neighbour = match("neighbour", 0).address();
        // Neither at its beginning, nor the call, nor what leads up to the loop.
        assertTrue(island.start() >= neighbour + 34, () -> "at " + (island.start() - neighbour));
        assertEquals(island.length(), island.codeLength());
        assertTrue(island.length() >= 10);
        byte[] jumps = plan.jumps(plan.patchAddress() + 4096, plan.patchAddress() + 8192)
                .get(1);
        assertEquals(plan.patchAddress() + 8192, target(island.start(), jumps, 0));
        assertEquals(plan.patchAddress() + 4096, target(island.start(), jumps, jumps.length - 5));
    }

    private static long target(long address, byte[] code, int at) {
        assertEquals((byte) 0xe9, code[at]);
        return address
                + at
                + 5
                + ByteBuffer.wrap(code).order(ByteOrder.LITTLE_ENDIAN).getInt(at + 1);
    }

    @Test
    void knowsWhereInstructionsBegin() {
        assertEquals(Reason.NOT_AN_INSTRUCTION, refused("several", 2, false));
        assertEquals(Reason.UNDECODABLE, refused("undecodable", 5, false));
        assertEquals(Reason.UNDECODABLE, refused("with_data", 4, false));
        Match match = match("several", 0);
        Planned outside = planner.plan(match.module(), 4096, false, memory::read, patched);
        assertEquals(Reason.NOT_CODE, assertInstanceOf(Refusal.class, outside).reason());
    }

    @Test
    void entryExitNeedsAnOrdinaryFunction() {
        assertEquals(Reason.NOT_AN_ENTRY, refused("several", 1, true));
        assertEquals(Reason.UNSUPPORTED, refused("setjmp_like", 0, true));
        planned("setjmp_like", 0, false);
    }

    @Test
    void seesForeignPatchesAndOurOwn() {
        SitePlan plan = planned("several", 0, false);
        byte[] jump = {(byte) 0xe9, 1, 2, 3, 4, (byte) 0xcc};
        memory.write(plan.patchAddress(), jump);
        assertEquals(Reason.FOREIGN_PATCH, refused("several", 0, false));
        patched.add(plan);
        assertArrayEquals(
                plan.window().bytes(), planned("several", 0, true).window().bytes());
        assertEquals(Reason.TOO_CLOSE, refused("several", 1, false));
        assertEquals(Reason.TOO_CLOSE, refused("several", 4, false));
    }

    @Test
    void movesWhatItPlanned() {
        SitePlan plan = planned("several", 0, false);
        Relocated moved = planner.relocate(plan.window(), plan.patchAddress() + (1 << 20));
        assertArrayEquals(plan.window().bytes(), Arrays.copyOf(moved.bytes(), 6));
        assertEquals(6 + SitePlan.JUMP, moved.bytes().length);
        assertEquals(4, moved.newOffset(4));
        assertEquals(6, moved.newOffset(6));
        assertEquals(-1, moved.newOffset(2));
        assertEquals(
                Reason.NO_ROOM,
                assertThrows(Failure.class, () -> planner.relocate(plan.window(), plan.patchAddress() + (3L << 30)))
                        .reason());
    }
}
