package dev.tollgate.ops.configcheck;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.InvocationTargetException;
import java.net.URISyntaxException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Enumeration;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.stream.Stream;

/**
 * The main class of {@code java -jar tollgate.war}. It unpacks what the check needs into a temporary directory, runs the check,
 * and deletes the directory. A copy of the class is at the root of the WAR, so it uses the JDK alone.
 */
public final class ConfigCheckLauncher {

    private static final List<String> NEEDED = List.of("WEB-INF/classes/", "WEB-INF/lib/", "WEB-INF/check/");

    private ConfigCheckLauncher() {}

    /**
     * Runs the check and exits with its code.
     *
     * @throws Exception of any kind, as the reflective call throws it; the JVM prints it
     */
    public static void main(String[] arguments) throws Exception {
        System.exit(run(arguments));
    }

    private static int run(String[] arguments) throws Exception {
        Path unpacked = Files.createTempDirectory("tollgate-check");
        try {
            List<URL> places = unpack(war(), unpacked);
            try (URLClassLoader loader = new URLClassLoader(
                    "tollgate-check", places.toArray(URL[]::new), ClassLoader.getPlatformClassLoader())) {
                Thread.currentThread().setContextClassLoader(loader);
                Object code = loader.loadClass("dev.tollgate.ops.configcheck.ConfigCheck")
                        .getMethod("run", String[].class)
                        .invoke(null, (Object) arguments);
                return (Integer) code;
            } catch (InvocationTargetException e) {
                throw e.getCause() instanceof Exception cause ? cause : e;
            }
        } finally {
            delete(unpacked);
        }
    }

    private static Path war() throws URISyntaxException {
        return Path.of(ConfigCheckLauncher.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toURI());
    }

    private static List<URL> unpack(Path war, Path to) throws IOException {
        List<URL> places = new ArrayList<>();
        places.add(to.resolve("WEB-INF/classes").toUri().toURL());
        try (JarFile file = new JarFile(war.toFile())) {
            for (Enumeration<JarEntry> entries = file.entries(); entries.hasMoreElements(); ) {
                JarEntry entry = entries.nextElement();
                Path target = to.resolve(entry.getName()).normalize();
                if (entry.isDirectory()
                        || NEEDED.stream().noneMatch(entry.getName()::startsWith)
                        || !target.startsWith(to)) {
                    continue;
                }
                Files.createDirectories(target.getParent());
                try (InputStream in = file.getInputStream(entry)) {
                    Files.copy(in, target);
                }
                if (entry.getName().endsWith(".jar")) {
                    places.add(target.toUri().toURL());
                }
            }
        }
        // Created before its URL is made, since only the URL of an existing directory ends in a slash.
        places.set(0, to.resolve("WEB-INF/classes").toUri().toURL());
        return places;
    }

    private static void delete(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            files.sorted(Comparator.reverseOrder()).map(Path::toFile).forEach(File::delete);
        }
    }
}
