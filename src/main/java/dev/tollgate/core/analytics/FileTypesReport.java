package dev.tollgate.core.analytics;

import dev.tollgate.core.usage.KeyUsage;
import dev.tollgate.core.usage.UsageCounts;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The types of files that a key stored.
 *
 * @param totalFiles files stored
 * @param fileTypes most files first
 * @param categories by the media type's first part ({@code image} of {@code image/png}), most files first
 * @param meta how the answer came about
 */
public record FileTypesReport(
        long totalFiles, List<FileType> fileTypes, Map<String, Category> categories, ReportMeta meta) {

    /**
     * Files of one type.
     *
     * @param type a media type, or {@value UsageCounts#OTHER_TYPE} for those beyond the bound
     * @param count files
     * @param percentage of all files, two decimals; all types together make exactly 100
     */
    public record FileType(String type, long count, BigDecimal percentage) {}

    /**
     * Files of one kind.
     *
     * @param count files
     * @param types their media types, most files first
     */
    public record Category(long count, List<String> types) {}

    static FileTypesReport of(KeyUsage usage, ReportMeta meta) {
        List<Map.Entry<String, Long>> counted = usage.totals().fileTypes().entrySet().stream()
                .filter(type -> type.getValue() > 0)
                .sorted(Map.Entry.<String, Long>comparingByValue().reversed().thenComparing(Map.Entry.comparingByKey()))
                .toList();
        List<BigDecimal> shares =
                Percentages.shares(counted.stream().map(Map.Entry::getValue).toList());
        List<FileType> types = new ArrayList<>();
        for (int i = 0; i < counted.size(); i++) {
            types.add(new FileType(counted.get(i).getKey(), counted.get(i).getValue(), shares.get(i)));
        }
        long files = types.stream().mapToLong(FileType::count).reduce(0, UsageCounts::sum);
        return new FileTypesReport(files, List.copyOf(types), categories(types), meta);
    }

    private static Map<String, Category> categories(List<FileType> types) {
        Map<String, List<FileType>> grouped = new LinkedHashMap<>();
        for (FileType type : types) {
            grouped.computeIfAbsent(category(type.type()), name -> new ArrayList<>())
                    .add(type);
        }
        Map<String, Category> categories = new LinkedHashMap<>();
        grouped.entrySet().stream()
                .map(group -> Map.entry(group.getKey(), category(group.getValue())))
                .sorted(Comparator.comparingLong((Map.Entry<String, Category> entry) ->
                                entry.getValue().count())
                        .reversed())
                .forEach(entry -> categories.put(entry.getKey(), entry.getValue()));
        return categories;
    }

    private static Category category(List<FileType> types) {
        return new Category(
                types.stream().mapToLong(FileType::count).reduce(0, UsageCounts::sum),
                types.stream().map(FileType::type).toList());
    }

    private static String category(String type) {
        int slash = type.indexOf('/');
        return slash > 0 ? type.substring(0, slash) : type;
    }
}
