package dev.tollgate.redis.connection;

import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.redisson.config.Config;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;

/**
 * Redis as a Redisson YAML file describes it. What the file does not say is ours ({@link RedissonDefaults}), not Redisson's: its own
 * defaults would send a call of unknown fate four times and wait for three seconds.
 */
final class RedissonFile {

    private static final Pattern LINE = Pattern.compile("line (\\d+), column");
    private static final Pattern PROPERTY = Pattern.compile("property=(\\w+)");
    private static final Pattern SERVERS = Pattern.compile("(?m)^\\w+Servers?Config:");

    private RedissonFile() {}

    /**
     * Reads a file.
     *
     * @throws IllegalArgumentException in one line if the file cannot be used
     */
    static Config read(Path file, RedissonDefaults calls) {
        try {
            String text = Files.readString(file);
            if (!SERVERS.matcher(text).find()) {
                // Redisson would take it, and say what is missing when the first request wants to be decided.
                throw new MissingServerException();
            }
            Config config = Config.fromYAML(text);
            RedisConnection.common(config);
            apply(calls, config, text);
            return config;
        } catch (IOException e) {
            throw new IllegalArgumentException("cannot be read: " + e.getClass().getSimpleName(), e);
        } catch (RuntimeException e) {
            throw new IllegalArgumentException("cannot be read as Redisson YAML: " + place(e), e);
        }
    }

    /** Where it went wrong: the parser's own words repeat lines of the file, and with them passwords. */
    private static String place(RuntimeException failure) {
        String text = String.valueOf(failure.getMessage());
        if (failure instanceof MissingServerException) {
            return text;
        }
        String line = LINE.matcher(text)
                .results()
                .reduce((first, second) -> second)
                .map(found -> "line " + found.group(1) + ": ")
                .orElse("");
        String property =
                PROPERTY.matcher(text).results().map(found -> found.group(1)).collect(Collectors.joining("."));
        return line
                + (property.isEmpty() ? "is not YAML here" : "no such property, or not its kind of value: " + property);
    }

    private static final class MissingServerException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        MissingServerException() {
            super("it has no singleServerConfig, sentinelServersConfig or the like");
        }
    }

    private static void apply(RedissonDefaults calls, Config config, String text) {
        MappingNode root = mapping(new Yaml(new LoaderOptions()).compose(new StringReader(text)));
        for (NodeTuple tuple : root.getValue()) {
            String section = name(tuple);
            switch (section) {
                case "singleServerConfig" -> calls.applyTo(config.useSingleServer(), said(tuple));
                case "clusterServersConfig" -> calls.applyTo(config.useClusterServers(), said(tuple));
                case "sentinelServersConfig" -> calls.applyTo(config.useSentinelServers(), said(tuple));
                case "masterSlaveServersConfig" -> calls.withMaster(config.useMasterSlaveServers(), said(tuple));
                case "replicatedServersConfig" -> calls.withMaster(config.useReplicatedServers(), said(tuple));
                default -> {
                    // Of no concern to calls.
                }
            }
        }
    }

    private static Set<String> said(NodeTuple section) {
        Set<String> names = new HashSet<>();
        mapping(section.getValueNode()).getValue().forEach(tuple -> names.add(name(tuple)));
        return names;
    }

    private static MappingNode mapping(Node node) {
        if (node instanceof MappingNode mapping) {
            return mapping;
        }
        throw new IllegalArgumentException("a mapping was expected");
    }

    private static String name(NodeTuple tuple) {
        return tuple.getKeyNode() instanceof ScalarNode scalar ? scalar.getValue() : "";
    }
}
