package dev.tollgate.docs;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Pattern;

/**
 * What the documents tell readers to type: the {@code sh} blocks, the lines after a {@code $} in blocks that show a session,
 * and whatever in a sentence looks like a command.
 */
public final class Commands {

    private static final Pattern IN_A_SENTENCE = Pattern.compile(
            "(mvn|java|curl|psql|pg_dump|redis-cli|promtool|nginx|caddy|apt|apt-get|asadmin|npm|docker|kubectl|systemctl) .*"
                    + "|[$.]\\S*/[a-z-]+\\.sh( .*)?|\\S*/[a-z-]+\\.sh .+|\\S*/asadmin .*");
    private static final String PROMPT = "$ ";

    /**
     * A command.
     *
     * @param page the page's name
     * @param line where it begins, from 1
     * @param block the line of the block it is in, whose commands share a shell; its own line if it is in a sentence
     * @param text what to type
     * @param shown what a session shows as its output; null if it is none
     */
    public record Command(String page, int line, int block, String text, List<String> shown) {

        /** Where it is, to be found. */
        public String where() {
            return page + ":" + line;
        }
    }

    private Commands() {}

    /** Every one, page by page, as they are read. */
    public static List<Command> all() {
        return Page.all().stream()
                .flatMap(page -> on(page).stream().sorted(Comparator.comparingInt(Command::line)))
                .toList();
    }

    private static List<Command> on(Page page) {
        List<Command> all = new ArrayList<>();
        for (Page.Block block : page.blocks()) {
            if (block.kind().matches("sh|bash|shell|console")) {
                all.addAll(script(page, block));
            } else if (block.lines().stream().anyMatch(line -> line.startsWith(PROMPT))) {
                all.addAll(session(page, block));
            }
        }
        for (Page.Span span : page.spans()) {
            if (IN_A_SENTENCE.matcher(span.text()).matches()) {
                all.add(new Command(page.name(), span.line(), span.line(), span.text(), null));
            }
        }
        return all;
    }

    private static List<Command> script(Page page, Page.Block block) {
        List<Command> commands = new ArrayList<>();
        StringBuilder text = new StringBuilder();
        int begin = 0;
        for (int i = 0; i < block.lines().size(); i++) {
            String line = withoutComment(block.lines().get(i));
            if (text.length() == 0) {
                begin = block.line() + 1 + i;
            }
            text.append(text.length() == 0 ? "" : "\n").append(line.startsWith(PROMPT) ? line.substring(2) : line);
            if (isWhole(text)) {
                if (!text.toString().isBlank()) {
                    commands.add(new Command(page.name(), begin, block.line(), text.toString(), null));
                }
                text.setLength(0);
            }
        }
        if (text.length() > 0) {
            throw new IllegalStateException(page.name() + ":" + begin + ": the command has no end");
        }
        return commands;
    }

    private static List<Command> session(Page page, Page.Block block) {
        List<Command> commands = new ArrayList<>();
        for (int i = 0; i < block.lines().size(); i++) {
            String line = block.lines().get(i);
            if (line.startsWith(PROMPT)) {
                int at = block.line() + 1 + i;
                commands.add(new Command(page.name(), at, block.line(), line.substring(2), new ArrayList<>()));
            } else {
                commands.get(commands.size() - 1).shown().add(line);
            }
        }
        return commands;
    }

    private static String withoutComment(String line) {
        return line.strip().startsWith("#") ? "" : line.replaceFirst("\\s{2,}# .*$", "");
    }

    /** Whether the shell would not ask for more. */
    private static boolean isWhole(CharSequence text) {
        char quote = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (quote != '\'' && c == '\\') {
                i++;
                if (i >= text.length()) {
                    return false;
                }
            } else if (quote == 0 && (c == '\'' || c == '"')) {
                quote = c;
            } else if (c == quote) {
                quote = 0;
            }
        }
        return quote == 0;
    }
}
