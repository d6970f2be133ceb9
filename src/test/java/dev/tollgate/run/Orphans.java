package dev.tollgate.run;

import dev.tollgate.fixture.server.WildFly;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;

/**
 * Processes of an earlier run whose launcher was killed. A process is ours if its executable lies in the run directory (Redis
 * and PostgreSQL run from copies there) or if it is a Java whose base directory option names it; a pid alone proves
 * nothing, since pids are used again.
 */
final class Orphans {

    private static final Duration PATIENCE = Duration.ofSeconds(15);

    private Orphans() {}

    /**
     * Ends them, the servers before the stores.
     *
     * @return how many servers and stores there were
     */
    static int stop(Path directory) {
        List<ProcessHandle> found = find(directory);
        List<ProcessHandle> servers =
                found.stream().filter(process -> !runsFrom(directory, process)).toList();
        // PostgreSQL's children follow their postmaster.
        Set<Long> pids = found.stream().map(ProcessHandle::pid).collect(Collectors.toSet());
        List<ProcessHandle> stores = found.stream()
                .filter(process -> !servers.contains(process))
                .filter(process -> process.parent()
                        .map(parent -> !pids.contains(parent.pid()))
                        .orElse(true))
                .toList();
        end(servers);
        end(stores);
        find(directory).forEach(ProcessHandle::destroyForcibly);
        await(found);
        return servers.size() + stores.size();
    }

    private static List<ProcessHandle> find(Path directory) {
        return ProcessHandle.allProcesses()
                .filter(process -> process.pid() != ProcessHandle.current().pid())
                .filter(process -> runsFrom(directory, process) || servesFrom(directory, process))
                .toList();
    }

    private static boolean runsFrom(Path directory, ProcessHandle process) {
        return process.info()
                .command()
                .map(command -> Path.of(command).startsWith(directory))
                .orElse(false);
    }

    private static boolean servesFrom(Path directory, ProcessHandle process) {
        String option = WildFly.baseDirectoryOption(directory.resolve("wildfly"));
        return process.info()
                .arguments()
                .map(arguments -> Arrays.asList(arguments).contains(option))
                .orElse(false);
    }

    private static void end(List<ProcessHandle> processes) {
        processes.forEach(ProcessHandle::destroy);
        if (!await(processes)) {
            processes.forEach(ProcessHandle::destroyForcibly);
            await(processes);
        }
    }

    private static boolean await(List<ProcessHandle> processes) {
        try {
            CompletableFuture.allOf(
                            processes.stream().map(ProcessHandle::onExit).toArray(CompletableFuture[]::new))
                    .get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            return true;
        } catch (TimeoutException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }
}
