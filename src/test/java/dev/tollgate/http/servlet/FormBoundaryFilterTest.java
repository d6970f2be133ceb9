package dev.tollgate.http.servlet;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FormBoundaryFilterTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "multipart/form-data; boundary==_foo|multipart/form-data; boundary=\"=_foo\"",
                "multipart/form-data;boundary='()+_,-./:=?|multipart/form-data;boundary=\"'()+_,-./:=?\"",
                "multipart/form-data; boundary=a b c ; charset=utf-8|multipart/form-data; boundary=\"a b c\"; charset=utf-8",
                "Multipart/Form-Data; charset=utf-8; BOUNDARY = a/b|Multipart/Form-Data; charset=utf-8; BOUNDARY =\"a/b\"",
                "multipart/form-data; boundary=a\\b|multipart/form-data; boundary=\"a\\\\b\"",
                "multipart/form-data; boundary=ü|multipart/form-data; boundary=\"ü\"",
            })
    void boundaryThatNeedsQuotesGetsThem(String type, String quoted) {
        assertThat(FormBoundaryFilter.quoted(type)).isEqualTo(quoted);
        assertThat(FormBoundaryFilter.quoted(quoted)).as("once").isEqualTo(quoted);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "multipart/form-data; boundary=----WebKitFormBoundary7MA4YWxkTrZu0gW",
                "multipart/form-data; boundary=\"=_foo; boundary=x y\"",
                "multipart/form-data; x=\"\\\"; boundary=x y\"",
                "multipart/form-data; boundary=\"",
                "multipart/form-data; boundary=",
                "multipart/form-data",
                "multipart/mixed; boundary==_foo",
                "application/json; boundary==_foo",
                "jpg",
                "",
            })
    void anyOtherFieldStaysAsItIs(String type) {
        assertThat(FormBoundaryFilter.quoted(type)).isEqualTo(type);
    }
}
