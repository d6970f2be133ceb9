package dev.tollgate.ops.configcheck;

import java.io.IOException;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** A reader of properties files that also has the line of each entry. It reads the format as {@link Properties} does. */
final class PropertyLines {

    /**
     * An entry.
     *
     * @param line the line it begins at, from 1
     */
    record Entry(int line, String name, String value) {}

    private static final Pattern LINE = Pattern.compile("[^\\r\\n]*(\\r\\n|\\r|\\n)|[^\\r\\n]+$");

    private PropertyLines() {}

    /**
     * Reads the text of a file.
     *
     * @throws IllegalArgumentException if a unicode escape is malformed; the message begins with the line
     */
    static List<Entry> read(String text) {
        List<Entry> entries = new ArrayList<>();
        List<String> lines =
                LINE.matcher(text).results().map(MatchResult::group).toList();
        for (int i = 0; i < lines.size(); i++) {
            int begins = i + 1;
            StringBuilder logical = new StringBuilder(lines.get(i));
            // A blank line or a comment is one only where an entry could begin.
            boolean entry = !isBlankOrComment(lines.get(i));
            while (entry && isContinued(lines.get(i)) && i + 1 < lines.size()) {
                i++;
                logical.append(lines.get(i));
            }
            Properties one = new Properties();
            try {
                one.load(new StringReader(logical.toString()));
            } catch (IOException | IllegalArgumentException e) {
                throw new IllegalArgumentException(begins + ": cannot be read: " + e.getMessage(), e);
            }
            one.stringPropertyNames().forEach(name -> entries.add(new Entry(begins, name, one.getProperty(name))));
        }
        return entries;
    }

    private static boolean isBlankOrComment(String line) {
        String text = line.stripLeading();
        return text.isEmpty() || text.startsWith("#") || text.startsWith("!");
    }

    private static boolean isContinued(String lineAndEnd) {
        String line = lineAndEnd.replaceFirst("[\\r\\n]+$", "");
        int slashes = 0;
        while (slashes < line.length() && line.charAt(line.length() - 1 - slashes) == '\\') {
            slashes++;
        }
        return slashes % 2 == 1;
    }
}
