package dev.tollgate.contract;

import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.ExpressionTree;
import com.sun.source.tree.MethodInvocationTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.NewClassTree;
import com.sun.source.tree.VariableTree;
import com.sun.source.util.TreeScanner;
import dev.tollgate.contract.TextVariants.Hole;
import dev.tollgate.contract.TextVariants.Scope;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Every detail of a problem document that the sources can make, found by the compiler's parser. It follows a detail from
 * {@code Problem.of} back through the parameters of methods to the texts that callers give. What is known only at run time is
 * shown as its name in braces.
 */
final class ProblemDetails {

    /** More than the longest chain of methods that a text is passed through. */
    private static final int ROUNDS = 8;

    /** What an answer shows of the arguments of a call: what makes problems, and exceptions whose message is shown. */
    private static final Map<String, List<Object>> SHOWN = Map.of(
            "Problem.of/3", List.of(new Hole(2)),
            "BadQueryException.<init>/2", List.of(new Hole(1)),
            "BadEventException.<init>/2", List.of("events[].", new Hole(0), " ", new Hole(1), "."));

    /** Classes whose {@code IllegalArgumentException} becomes a detail, with a full stop behind it. */
    private static final Set<String> ARGUMENTS_SHOWN = Set.of("ForwardedRequest");

    private final Map<String, Set<List<Object>>> makers = new HashMap<>();
    private final Map<String, ExpressionTree> constants = new HashMap<>();
    private final Map<String, MethodTree> methods = new HashMap<>();
    private final Map<String, String> fields = new HashMap<>();
    private final Set<String> found = new TreeSet<>();

    private ProblemDetails() {}

    /** Returns the details that the sources below a folder can make, sorted. */
    static Set<String> of(Path sources) {
        ProblemDetails details = new ProblemDetails();
        Sources.parse(sources, (task, trees) -> details.read(trees));
        return details.found;
    }

    private void read(List<CompilationUnitTree> trees) {
        SHOWN.forEach((maker, template) -> makers.put(maker, new LinkedHashSet<>(Set.of(template))));
        trees.forEach(tree -> new Declarations().scan(tree, ""));
        int before = -1;
        for (int round = 0; before < makers() && round < ROUNDS; round++) {
            before = makers();
            trees.forEach(tree -> new Calls().scan(tree, null));
        }
    }

    private int makers() {
        return makers.values().stream().mapToInt(Set::size).sum();
    }

    /** Collects fields with their types and initial values, and methods. */
    private final class Declarations extends TreeScanner<Void, String> {

        @Override
        public Void visitClass(ClassTree type, String in) {
            type.getMembers().forEach(member -> {
                if (member instanceof VariableTree field) {
                    fields.put(type.getSimpleName() + "." + field.getName(), TextVariants.typeOf(field));
                    if (field.getInitializer() != null) {
                        constants.put(type.getSimpleName() + "." + field.getName(), field.getInitializer());
                    }
                } else if (member instanceof MethodTree method) {
                    methods.put(key(type.getSimpleName().toString(), method), method);
                }
            });
            return super.visitClass(type, type.getSimpleName().toString());
        }
    }

    private static String key(String type, MethodTree method) {
        return type + "." + method.getName() + "/" + method.getParameters().size();
    }

    /** Looks at every call of a method that makes details. */
    private final class Calls extends TreeScanner<Void, Scope> {

        @Override
        public Void visitClass(ClassTree type, Scope outer) {
            List<String> classes = new ArrayList<>(List.of(type.getSimpleName().toString()));
            if (outer != null) {
                classes.addAll(outer.classes());
            }
            return super.visitClass(type, new Scope(classes, null, constants, methods));
        }

        @Override
        public Void visitMethod(MethodTree method, Scope outer) {
            return super.visitMethod(method, new Scope(outer.classes(), method, constants, methods));
        }

        @Override
        public Void visitMethodInvocation(MethodInvocationTree call, Scope scope) {
            String name = call.getMethodSelect().toString();
            String simple = name.substring(name.lastIndexOf('.') + 1);
            String receiver = name.contains(".") ? name.substring(0, name.lastIndexOf('.')) : "";
            List<String> classes = receiver.isEmpty() ? scope.classes() : List.of(typeOf(receiver, scope));
            take(classes, simple, call.getArguments(), scope);
            return super.visitMethodInvocation(call, scope);
        }

        @Override
        public Void visitNewClass(NewClassTree made, Scope scope) {
            String type = made.getIdentifier().toString();
            take(List.of(type), "<init>", made.getArguments(), scope);
            if (type.equals("IllegalArgumentException")
                    && ARGUMENTS_SHOWN.contains(scope.classes().get(0))) {
                show(List.of(new Hole(0), "."), made.getArguments(), scope);
            }
            return super.visitNewClass(made, scope);
        }

        /** The class of a receiver: a variable's, or the one whose static method a chain of calls begins with. */
        private String typeOf(String receiver, Scope scope) {
            String local = scope.typeOf(receiver);
            if (local != null) {
                return local;
            }
            for (String type : scope.classes()) {
                String field = fields.get(type + "." + receiver);
                if (field != null) {
                    return field;
                }
            }
            return receiver.matches("[A-Z]\\w*\\..*") ? receiver.substring(0, receiver.indexOf('.')) : receiver;
        }

        private void take(List<String> classes, String name, List<? extends ExpressionTree> arguments, Scope scope) {
            for (String type : classes) {
                Set<List<Object>> templates = makers.get(type + "." + name + "/" + arguments.size());
                if (templates != null) {
                    List.copyOf(templates).forEach(template -> show(template, arguments, scope));
                    return;
                }
            }
        }

        private void show(List<Object> template, List<? extends ExpressionTree> arguments, Scope scope) {
            for (List<Object> text : TextVariants.filled(template, arguments, scope)) {
                if (text.stream().anyMatch(Hole.class::isInstance)) {
                    makers.computeIfAbsent(key(scope.classes().get(0), scope.method()), unused -> new LinkedHashSet<>())
                            .add(text);
                } else {
                    StringBuilder detail = new StringBuilder();
                    text.forEach(detail::append);
                    if (!detail.toString().matches("\\{getMessage}\\.?")) {
                        found.add(detail.toString());
                    }
                }
            }
        }
    }
}
