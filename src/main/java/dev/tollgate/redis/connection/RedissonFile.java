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
 * A Redisson YAML file as the configuration of Redis.
 *
 * <p>Options that the file leaves out get the defaults of {@link RedissonDefaults}. Redisson's own would send a call that may
 * have run up to four times, and wait three seconds for a reply.
 */
final class RedissonFile {

    private static final Pattern LINE = Pattern.compile("line (\\d+), column");
    private static final Pattern PROPERTY = Pattern.compile("property=(\\w+)");
    private static final Pattern SERVERS = Pattern.compile("(?m)^\\w+Servers?Config:");

    private RedissonFile() {}

    /**
     * Reads a file.
     *
     * @throws IllegalArgumentException if the file cannot be used; the message is one line
     */
    static Config read(Path file, RedissonDefaults defaults) {
        try {
            String text = Files.readString(file);
            if (!SERVERS.matcher(text).find()) {
                // Redisson would accept it and fail only with the first decision.
                throw new MissingServerException();
            }
            Config config = Config.fromYAML(text);
            RedisConnection.applyCommon(config);
            apply(defaults, config, text);
            return config;
        } catch (IOException e) {
            throw new IllegalArgumentException("cannot be read: " + e.getClass().getSimpleName(), e);
        } catch (RuntimeException e) {
            throw new IllegalArgumentException("cannot be read as Redisson YAML: " + place(e), e);
        }
    }

    /** Describes the place of the error. The parser's own message repeats lines of the file, which may hold passwords. */
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

    private static void apply(RedissonDefaults defaults, Config config, String text) {
        MappingNode root = mapping(new Yaml(new LoaderOptions()).compose(new StringReader(text)));
        for (NodeTuple tuple : root.getValue()) {
            String section = name(tuple);
            switch (section) {
                case "singleServerConfig" -> defaults.applyTo(config.useSingleServer(), optionsIn(tuple));
                case "clusterServersConfig" -> defaults.applyTo(config.useClusterServers(), optionsIn(tuple));
                case "sentinelServersConfig" -> defaults.applyTo(config.useSentinelServers(), optionsIn(tuple));
                case "masterSlaveServersConfig" ->
                    defaults.withMaster(config.useMasterSlaveServers(), optionsIn(tuple));
                case "replicatedServersConfig" -> defaults.withMaster(config.useReplicatedServers(), optionsIn(tuple));
                default -> {
                    // No section with servers.
                }
            }
        }
    }

    private static Set<String> optionsIn(NodeTuple section) {
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
