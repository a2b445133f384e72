package org.dyntrace.daemon.code;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.dyntrace.daemon.elf.ModuleFile;

/** A function with those parts of it that lie elsewhere, such as what is seldom run. Its instructions are numbered through. */
final class WholeFunction {
    private final NavigableMap<Long, Part> parts = new TreeMap<>();
    private final List<Instruction> instructions = new ArrayList<>();
    private final List<Part> ofInstruction = new ArrayList<>();

    private record Part(FunctionCode code, int first, boolean entry) {}

    WholeFunction(ModuleFile file, List<FunctionCode> codes) {
        for (FunctionCode code : codes) {
            Part part = new Part(code, instructions.size(), file.isEntry(code.start()));
            parts.put(code.start(), part);
            for (Instruction one : code.instructions()) {
                instructions.add(one);
                ofInstruction.add(part);
            }
        }
    }

    List<Instruction> instructions() {
        return instructions;
    }

    /** {@return where an instruction is, in the file's addresses} */
    long address(int index) {
        return ofInstruction.get(index).code().start() + instructions.get(index).offset();
    }

    /** {@return whether nothing goes on to an instruction from the one before it, which is of another part} */
    boolean beginsPart(int index) {
        return ofInstruction.get(index).first() == index;
    }

    /** {@return whether callers come in at an instruction} */
    boolean isEntry(int index) {
        return beginsPart(index) && ofInstruction.get(index).entry();
    }

    boolean holds(long address) {
        Map.Entry<Long, Part> part = parts.floorEntry(address);
        return part != null && part.getValue().code().holds(address);
    }

    /** {@return the number of the instruction that begins at the address, or -1} */
    int indexOf(long address) {
        if (!holds(address)) {
            return -1;
        }
        Part part = parts.floorEntry(address).getValue();
        int at = part.code().indexOf(address);
        return at < 0 ? -1 : part.first() + at;
    }
}
