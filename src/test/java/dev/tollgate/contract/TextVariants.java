package dev.tollgate.contract;

import com.sun.source.tree.AssignmentTree;
import com.sun.source.tree.BinaryTree;
import com.sun.source.tree.ConditionalExpressionTree;
import com.sun.source.tree.ExpressionTree;
import com.sun.source.tree.IdentifierTree;
import com.sun.source.tree.LiteralTree;
import com.sun.source.tree.MemberSelectTree;
import com.sun.source.tree.MethodInvocationTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.ParenthesizedTree;
import com.sun.source.tree.ReturnTree;
import com.sun.source.tree.SwitchExpressionTree;
import com.sun.source.tree.Tree;
import com.sun.source.tree.VariableTree;
import com.sun.source.util.TreeScanner;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * The texts that an expression can be. A text is a list of strings and {@link Hole}s. What is known only at run time becomes its
 * name in braces.
 */
final class TextVariants {

    private static final int DEEPEST = 10;

    private TextVariants() {}

    /** A parameter of the method that an expression is in, by its place. */
    record Hole(int parameter) {}

    /**
     * Where an expression is.
     *
     * @param classes the simple names of its classes, innermost first
     * @param method its method; null outside of one
     * @param constants the initial values of all fields, by class and name
     * @param methods all methods, by class, name and number of parameters
     */
    record Scope(
            List<String> classes,
            MethodTree method,
            Map<String, ExpressionTree> constants,
            Map<String, MethodTree> methods) {

        private int parameter(String name) {
            List<? extends VariableTree> parameters = method == null ? List.of() : method.getParameters();
            for (int i = 0; i < parameters.size(); i++) {
                if (parameters.get(i).getName().contentEquals(name)) {
                    return i;
                }
            }
            return -1;
        }

        /** The simple name of a variable's type; null if the method has no such variable. */
        String typeOf(String variable) {
            Map<String, String> types = new HashMap<>();
            new TreeScanner<Void, Void>() {
                @Override
                public Void visitVariable(VariableTree declared, Void unused) {
                    types.put(declared.getName().toString(), TextVariants.typeOf(declared));
                    return super.visitVariable(declared, unused);
                }
            }.scan(method, null);
            return types.get(variable);
        }

        /** What a local variable is set to. */
        private List<ExpressionTree> valuesOf(String variable) {
            List<ExpressionTree> values = new ArrayList<>();
            new TreeScanner<Void, Void>() {
                @Override
                public Void visitVariable(VariableTree declared, Void unused) {
                    if (declared.getName().contentEquals(variable) && declared.getInitializer() != null) {
                        values.add(declared.getInitializer());
                    }
                    return super.visitVariable(declared, unused);
                }

                @Override
                public Void visitAssignment(AssignmentTree assignment, Void unused) {
                    if (assignment.getVariable().toString().equals(variable)) {
                        values.add(assignment.getExpression());
                    }
                    return super.visitAssignment(assignment, unused);
                }
            }.scan(method, null);
            return values;
        }
    }

    /** The simple name of a declared type; empty where it is inferred. */
    static String typeOf(VariableTree declared) {
        String type = declared.getType() == null ? "" : declared.getType().toString();
        return type.replaceAll("<.*", "").replaceAll(".*[. ]", "");
    }

    /** Returns the texts of a template whose holes are filled with arguments. */
    static List<List<Object>> filled(List<Object> template, List<? extends ExpressionTree> arguments, Scope scope) {
        List<List<Object>> texts = List.of(List.of());
        for (Object part : template) {
            texts = joined(
                    texts,
                    part instanceof Hole hole ? of(arguments.get(hole.parameter()), scope, 0) : List.of(List.of(part)));
        }
        return texts;
    }

    private static List<List<Object>> of(Tree expression, Scope scope, int depth) {
        if (depth > DEEPEST) {
            return unknown(expression);
        }
        if (expression instanceof LiteralTree literal) {
            // Where a text is null, there is none.
            return literal.getValue() == null ? List.of() : List.of(List.of(String.valueOf(literal.getValue())));
        }
        if (expression instanceof ParenthesizedTree parenthesized) {
            return of(parenthesized.getExpression(), scope, depth + 1);
        }
        if (expression instanceof BinaryTree sum && sum.getKind() == Tree.Kind.PLUS) {
            return joined(of(sum.getLeftOperand(), scope, depth + 1), of(sum.getRightOperand(), scope, depth + 1));
        }
        if (expression instanceof ConditionalExpressionTree choice) {
            return both(
                    of(choice.getTrueExpression(), scope, depth + 1),
                    of(choice.getFalseExpression(), scope, depth + 1));
        }
        if (expression instanceof SwitchExpressionTree choice) {
            return choice.getCases().stream()
                    .map(one -> one.getBody())
                    .filter(Objects::nonNull)
                    .map(body -> of(body, scope, depth + 1))
                    .reduce(List.of(), TextVariants::both);
        }
        if (expression instanceof MethodInvocationTree call
                && call.getMethodSelect().toString().equals("Objects.requireNonNull")) {
            return of(call.getArguments().get(0), scope, depth + 1);
        }
        if (expression instanceof MethodInvocationTree call && depth == 0) {
            return returned(call, scope);
        }
        if (expression instanceof IdentifierTree || expression instanceof MemberSelectTree) {
            return named(expression, scope, depth + 1);
        }
        return unknown(expression);
    }

    private static List<List<Object>> named(Tree expression, Scope scope, int depth) {
        String name = expression.toString();
        int parameter = scope.parameter(name);
        if (parameter >= 0) {
            return List.of(List.of(new Hole(parameter)));
        }
        List<ExpressionTree> values = scope.valuesOf(name);
        if (!values.isEmpty()) {
            return scope.typeOf(name).equals("String")
                    ? values.stream().map(value -> of(value, scope, depth)).reduce(List.of(), TextVariants::both)
                    : unknown(expression);
        }
        return scope.classes().stream()
                .map(type -> type + "." + name)
                .filter(scope.constants()::containsKey)
                .findFirst()
                .or(() -> Optional.of(name).filter(scope.constants()::containsKey))
                .map(key -> {
                    String type = key.substring(0, key.lastIndexOf('.'));
                    Scope there = new Scope(List.of(type), null, scope.constants(), scope.methods());
                    return of(scope.constants().get(key), there, depth);
                })
                .orElseGet(() -> unknown(expression));
    }

    /** The texts that a method of the same class returns. */
    private static List<List<Object>> returned(MethodInvocationTree call, Scope scope) {
        String key = scope.classes().get(0) + "." + call.getMethodSelect() + "/"
                + call.getArguments().size();
        MethodTree method = scope.methods().get(key);
        if (method == null) {
            return unknown(call);
        }
        Scope there = new Scope(scope.classes(), method, scope.constants(), scope.methods());
        List<List<Object>> texts = new ArrayList<>();
        new TreeScanner<Void, Void>() {
            @Override
            public Void visitReturn(ReturnTree end, Void unused) {
                for (List<Object> template : of(end.getExpression(), there, 1)) {
                    texts.addAll(filled(template, call.getArguments(), scope));
                }
                return super.visitReturn(end, unused);
            }
        }.scan(method.getBody(), null);
        return texts;
    }

    private static List<List<Object>> unknown(Tree expression) {
        Tree named = expression instanceof MethodInvocationTree call ? call.getMethodSelect() : expression;
        String name = named.toString();
        return List.of(List.of("{" + name.substring(name.lastIndexOf('.') + 1) + "}"));
    }

    private static List<List<Object>> both(List<List<Object>> some, List<List<Object>> others) {
        List<List<Object>> all = new ArrayList<>(some);
        all.addAll(others);
        return all;
    }

    private static List<List<Object>> joined(List<List<Object>> beginnings, List<List<Object>> ends) {
        List<List<Object>> texts = new ArrayList<>();
        for (List<Object> beginning : beginnings) {
            for (List<Object> end : ends) {
                List<Object> text = new ArrayList<>(beginning);
                text.addAll(end);
                texts.add(text);
            }
        }
        return texts;
    }
}
