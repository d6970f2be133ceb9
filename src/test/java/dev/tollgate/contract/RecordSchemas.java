package dev.tollgate.contract;

import com.fasterxml.jackson.databind.JavaType;
import dev.tollgate.core.analytics.Inlined;
import io.swagger.v3.core.converter.AnnotatedType;
import io.swagger.v3.core.converter.ModelConverter;
import io.swagger.v3.core.converter.ModelConverterContext;
import io.swagger.v3.core.util.AnnotationsUtils;
import io.swagger.v3.core.util.Json31;
import io.swagger.v3.oas.models.media.JsonSchema;
import io.swagger.v3.oas.models.media.Schema;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * Records as schemas, the way our answers write them: every component is a member, none is left out, and there are no others.
 * The components of an {@link Inlined} record are members of the record around it. What may be null is what is optional or what its Javadoc says may be null. All other types are left to the library.
 */
@SuppressWarnings("rawtypes") // the library's types are
final class RecordSchemas implements ModelConverter {

    private static final String PREFIX = "#/components/schemas/";

    private final Javadoc javadoc;

    RecordSchemas(Javadoc javadoc) {
        this.javadoc = javadoc;
    }

    @Override
    public Schema resolve(AnnotatedType type, ModelConverterContext context, Iterator<ModelConverter> others) {
        JavaType java = Json31.mapper().constructType(type.getType());
        if (!java.getRawClass().isRecord()) {
            return others.next().resolve(type, context, others);
        }
        String name = name(java);
        if (!context.getDefinedModels().containsKey(name)) {
            context.defineModel(name, new JsonSchema());
            context.defineModel(name, schema(java, context));
        }
        return new JsonSchema().$ref(PREFIX + name);
    }

    private Schema schema(JavaType java, ModelConverterContext context) {
        Map<String, Schema> members = members(java, context);
        JsonSchema schema = new JsonSchema();
        schema.typesItem("object");
        schema.setProperties(members);
        schema.setRequired(List.copyOf(members.keySet()));
        schema.setAdditionalProperties(Boolean.FALSE);
        javadoc.ofType(java.getRawClass()).ifPresent(schema::setDescription);
        return schema;
    }

    private Map<String, Schema> members(JavaType java, ModelConverterContext context) {
        Map<String, Schema> members = new LinkedHashMap<>();
        for (RecordComponent component : java.getRawClass().getRecordComponents()) {
            JavaType type =
                    Json31.mapper().getTypeFactory().resolveMemberType(component.getGenericType(), java.getBindings());
            if (component.isAnnotationPresent(Inlined.class)) {
                members.putAll(members(type, context));
                continue;
            }
            Optional<String> doc = javadoc.ofComponent(java.getRawClass(), component.getName());
            boolean mayBeNull =
                    doc.filter(text -> text.matches("(?s).*\\bnull\\b.*")).isPresent();
            Schema member = member(type, mayBeNull, context);
            doc.ifPresent(member::setDescription);
            members.put(component.getName(), member);
        }
        return members;
    }

    private static Schema member(JavaType type, boolean mayBeNull, ModelConverterContext context) {
        Class<?> raw = type.getRawClass();
        if (raw == OptionalLong.class || raw == OptionalInt.class) {
            return integer(raw == OptionalLong.class ? "int64" : "int32").typesItem("null");
        }
        if (raw == java.math.BigInteger.class) {
            return integer(null);
        }
        boolean optional = raw == Optional.class;
        JavaType inner = optional ? type.containedType(0) : type;
        // A copy: what the library gives twice is the same object, and each has a description of its own.
        Schema member = AnnotationsUtils.clone(context.resolve(new AnnotatedType(inner).resolveAsRef(true)), true);
        if (!optional && !mayBeNull) {
            return member;
        }
        if (member.get$ref() != null) {
            JsonSchema nothing = new JsonSchema();
            nothing.typesItem("null");
            JsonSchema either = new JsonSchema();
            either.setAnyOf(new ArrayList<>(List.of(member, nothing)));
            return either;
        }
        member.addType("null");
        return member;
    }

    private static JsonSchema integer(String format) {
        JsonSchema schema = new JsonSchema();
        schema.typesItem("integer");
        schema.setFormat(format);
        return schema;
    }

    /** A resource's record goes by its own name, one within another type by both, a generic one also by what it holds. */
    private static String name(JavaType java) {
        Class<?> raw = java.getRawClass();
        Class<?> around = raw.getEnclosingClass();
        String name = around == null || around.getSimpleName().endsWith("Resource")
                ? raw.getSimpleName()
                : around.getSimpleName() + raw.getSimpleName();
        StringBuilder whole = new StringBuilder(name);
        java.getBindings()
                .getTypeParameters()
                .forEach(parameter -> whole.append("Of").append(name(parameter)));
        return whole.toString();
    }
}
