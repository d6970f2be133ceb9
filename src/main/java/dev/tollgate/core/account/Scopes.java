package dev.tollgate.core.account;

import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.regex.Pattern;

/** A set of scopes, in the order they were given: what an API key may do, or what a route asks for. Immutable. */
public final class Scopes {

    /** No scope at all. */
    public static final Scopes NONE = new Scopes(List.of());

    /** The most scopes of one set. */
    public static final int MAX = 50;

    /** The form of a scope. */
    public static final Pattern FORM = Pattern.compile("[a-z0-9][a-z0-9:._-]{0,63}");

    private final List<String> names;
    private final String text;

    private Scopes(List<String> names) {
        this.names = names;
        this.text = String.join(" ", names);
    }

    /**
     * Returns the set of scopes; one that is given twice counts once.
     *
     * @throws IllegalArgumentException if there are more than {@value #MAX}, or one has not the form
     */
    public static Scopes of(Collection<String> names) {
        if (names.isEmpty()) {
            return NONE;
        }
        LinkedHashSet<String> distinct = new LinkedHashSet<>(names);
        if (distinct.size() > MAX) {
            throw new IllegalArgumentException("more than " + MAX + " scopes");
        }
        for (String name : distinct) {
            if (!FORM.matcher(name).matches()) {
                throw new IllegalArgumentException("not a scope");
            }
        }
        return new Scopes(List.copyOf(distinct));
    }

    /** Reads what {@link #text()} gave; empty text is {@link #NONE}. */
    public static Scopes parse(String text) {
        return text.isEmpty() ? NONE : of(List.of(text.split(" ")));
    }

    /** Returns the scopes, separated by spaces (RFC 6749). */
    public String text() {
        return text;
    }

    /** Returns the scopes in order. */
    public List<String> names() {
        return names;
    }

    /** Returns whether there is none. */
    public boolean isEmpty() {
        return names.isEmpty();
    }

    /** Returns these scopes and others. There may be more than {@value #MAX}, since nobody has given them. */
    public Scopes and(Scopes others) {
        LinkedHashSet<String> both = new LinkedHashSet<>(names);
        both.addAll(others.names);
        return new Scopes(List.copyOf(both));
    }

    /** Returns whether every one of the other scopes is among these. */
    public boolean include(Scopes others) {
        for (int i = 0; i < others.names.size(); i++) {
            if (!names.contains(others.names.get(i))) {
                return false;
            }
        }
        return true;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Scopes scopes && scopes.text.equals(text);
    }

    @Override
    public int hashCode() {
        return text.hashCode();
    }

    @Override
    public String toString() {
        return text;
    }
}
