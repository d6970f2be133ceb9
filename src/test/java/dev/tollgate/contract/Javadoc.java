package dev.tollgate.contract;

import com.sun.source.doctree.DocCommentTree;
import com.sun.source.doctree.DocTree;
import com.sun.source.doctree.LinkTree;
import com.sun.source.doctree.LiteralTree;
import com.sun.source.doctree.ParamTree;
import com.sun.source.doctree.ValueTree;
import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.util.DocTrees;
import com.sun.source.util.TreePathScanner;
import java.lang.reflect.Field;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What the sources say of types, methods and record components, as Markdown. Read by the compiler's own parser. */
final class Javadoc {

    private final Map<String, String> texts = new HashMap<>();

    /** Of all sources below a folder. */
    Javadoc(Path sources) {
        Sources.parse(sources, (task, units) -> {
            DocTrees trees = DocTrees.instance(task);
            units.forEach(unit -> new Reader(trees, unit).scan(unit, unit.getPackageName() + "."));
        });
    }

    /** What a type is. */
    Optional<String> ofType(Class<?> type) {
        return Optional.ofNullable(texts.get(type.getCanonicalName()));
    }

    /** What a method does, looked for in superclasses too. */
    Optional<String> ofMethod(Class<?> type, String name) {
        for (Class<?> at = type; at != null; at = at.getSuperclass()) {
            String text = texts.get(at.getCanonicalName() + "#" + name);
            if (text != null) {
                return Optional.of(text);
            }
        }
        return Optional.empty();
    }

    /** What a record's component holds. */
    Optional<String> ofComponent(Class<?> type, String name) {
        return Optional.ofNullable(texts.get(type.getCanonicalName() + "@" + name));
    }

    private final class Reader extends TreePathScanner<Void, String> {

        private final DocTrees trees;
        private final CompilationUnitTree unit;

        Reader(DocTrees trees, CompilationUnitTree unit) {
            this.trees = trees;
            this.unit = unit;
        }

        @Override
        public Void visitClass(ClassTree tree, String prefix) {
            String name = prefix + tree.getSimpleName();
            DocCommentTree doc = trees.getDocCommentTree(getCurrentPath());
            if (doc != null) {
                texts.put(name, text(doc.getFullBody(), name));
                for (DocTree tag : doc.getBlockTags()) {
                    if (tag instanceof ParamTree param && !param.isTypeParameter()) {
                        texts.put(name + "@" + param.getName(), sentence(text(param.getDescription(), name)));
                    }
                }
            }
            return super.visitClass(tree, name + ".");
        }

        @Override
        public Void visitMethod(MethodTree tree, String prefix) {
            DocCommentTree doc = trees.getDocCommentTree(getCurrentPath());
            if (doc != null) {
                String name = prefix.substring(0, prefix.length() - 1);
                texts.put(name + "#" + tree.getName(), text(doc.getFullBody(), name));
            }
            return null;
        }

        private String text(List<? extends DocTree> parts, String in) {
            return parts.stream()
                    .map(part -> text(part, in))
                    .collect(Collectors.joining())
                    .replaceAll("\\s+", " ")
                    .strip();
        }

        private String text(DocTree part, String in) {
            if (part instanceof LiteralTree literal) {
                return "`" + literal.getBody().getBody() + "`";
            }
            if (part instanceof LinkTree link) {
                String label = text(link.getLabel(), in);
                String target = link.getReference().getSignature();
                return label.isEmpty() ? target.substring(target.lastIndexOf('#') + 1) : label;
            }
            if (part instanceof ValueTree value) {
                return constant(value.getReference().getSignature(), in);
            }
            return part.toString();
        }

        private String constant(String reference, String in) {
            int hash = reference.indexOf('#');
            String type = hash < 0 ? "" : reference.substring(0, hash);
            String field = reference.substring(hash + 1);
            Stream<String> imported = unit.getImports().stream()
                    .map(line -> line.getQualifiedIdentifier().toString())
                    .filter(name -> name.endsWith("." + type));
            Stream<String> near = type.isEmpty() ? Stream.of(in) : Stream.of(unit.getPackageName() + "." + type);
            return Stream.concat(imported, near)
                    .flatMap(name -> value(name, field).stream())
                    .findFirst()
                    .orElseThrow(() -> new IllegalStateException(in + " names no constant: " + reference));
        }

        private static Optional<String> value(String type, String field) {
            try {
                Field constant = Class.forName(type, false, Javadoc.class.getClassLoader())
                        .getDeclaredField(field);
                constant.setAccessible(true);
                return Optional.of(String.valueOf(constant.get(null)));
            } catch (ReflectiveOperationException e) {
                return Optional.empty();
            }
        }
    }

    private static String sentence(String text) {
        return text.isEmpty() ? text : Character.toUpperCase(text.charAt(0)) + text.substring(1) + ".";
    }
}
