package dev.tollgate.rest.admin.usage;

import dev.tollgate.core.analytics.grouped.GroupedUsage;
import dev.tollgate.core.analytics.grouped.GroupedUsage.Row;
import dev.tollgate.core.analytics.grouped.GroupedUsageQuery;
import dev.tollgate.core.analytics.grouped.ReportRefusedException;
import dev.tollgate.core.analytics.grouped.UsageColumn;
import dev.tollgate.rest.analytics.ReportSerializer;
import dev.tollgate.rest.support.ProblemException;
import jakarta.ws.rs.core.StreamingOutput;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Grouped usage as a table (RFC 4180): a line of names, then a line per group, written as the database gives them. What fails
 * before the first line of a group is thrown with nothing written, so that the answer can still be a problem document. What
 * fails later ends the table with a line that says so.
 */
final class UsageTable implements StreamingOutput {

    private static final String BROKEN_OFF =
            "# The table breaks off here, since the database failed. Ask for it again.\r\n";

    private final GroupedUsage usage;
    private final GroupedUsageQuery query;
    private final List<UsageColumn> columns;

    UsageTable(GroupedUsage usage, GroupedUsageQuery query) {
        this.usage = usage;
        this.query = query;
        this.columns = query.columns();
    }

    @Override
    public void write(OutputStream out) throws IOException {
        // Not closed when something fails, since that would send what is in the buffer.
        Lines lines = new Lines(new BufferedWriter(new OutputStreamWriter(out, StandardCharsets.UTF_8)));
        try {
            usage.read(query, lines::add);
        } catch (UncheckedIOException e) {
            throw e.getCause();
        } catch (ReportRefusedException e) {
            lines.breakOff();
            throw new ProblemException(AdminUsageResource.problem(e.reason()));
        } catch (RuntimeException e) {
            lines.breakOff();
            throw e;
        }
        lines.end();
    }

    private final class Lines {

        private final Writer out;
        private boolean begun;

        Lines(Writer out) {
            this.out = out;
        }

        void add(Row row) {
            try {
                begin();
                write(columns.stream().map(column -> cell(column.of(row))).collect(Collectors.joining(",")));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        private void begin() throws IOException {
            if (!begun) {
                begun = true;
                write(columns.stream().map(UsageColumn::label).collect(Collectors.joining(",")));
            }
        }

        private void write(String line) throws IOException {
            out.write(line);
            out.write("\r\n");
        }

        void breakOff() throws IOException {
            if (begun) {
                out.write(BROKEN_OFF);
                out.flush();
            }
        }

        void end() throws IOException {
            begin();
            out.flush();
        }
    }

    private static String cell(@Nullable Object value) {
        return value == null ? "" : ReportSerializer.cell(value.toString());
    }
}
