package dev.tollgate.rest.usage;

import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Forms as clients write them that cannot run here, byte by byte: from their source code, or from their bug reports. curl, Python's
 * requests and Chromium run in {@code FormClientsIT}.
 */
final class RecordedForms {

    /**
     * A form.
     *
     * @param source where the form's shape is from
     * @param type the request's Content-Type
     * @param fileName the name of the stored file, sanitized
     * @param content the stored file's bytes, as text
     * @param notStored the names of further files
     */
    record Form(String source, String type, String body, String fileName, String content, List<String> notStored) {

        byte[] bytes() {
            return body.getBytes(StandardCharsets.UTF_8);
        }

        @Override
        public String toString() {
            return source;
        }
    }

    private RecordedForms() {}

    private static Form one(String source, String type, String fileName, String content, String body) {
        return new Form(source, type, body.replace("\n", "\r\n"), fileName, content, List.of());
    }

    static List<Form> all() {
        return List.of(
                one(
                        "Firefox 128, HTMLFormSubmission.cpp: a blank input first, then a name with quotes",
                        "multipart/form-data; boundary=---------------------------293582696224464",
                        "a_b_.txt",
                        "hello",
                        """
                        -----------------------------293582696224464
                        Content-Disposition: form-data; name="first"; filename=""
                        Content-Type: application/octet-stream


                        -----------------------------293582696224464
                        Content-Disposition: form-data; name="second"; filename="a%22b%22.txt"
                        Content-Type: text/plain

                        hello
                        -----------------------------293582696224464--
                        """),
                one(
                        "Firefox 140: its boundaries since then",
                        "multipart/form-data; boundary=----geckoformboundary6b1a2bf3d4c0e1a2f3b4c5d6e7f80912",
                        "日本語.txt",
                        "",
                        """
                        ------geckoformboundary6b1a2bf3d4c0e1a2f3b4c5d6e7f80912
                        Content-Disposition: form-data; name="note"

                        filename="no.txt"
                        ------geckoformboundary6b1a2bf3d4c0e1a2f3b4c5d6e7f80912
                        Content-Disposition: form-data; name="f"; filename="日本語.txt"
                        Content-Type: text/plain


                        ------geckoformboundary6b1a2bf3d4c0e1a2f3b4c5d6e7f80912--
                        """),
                one(
                        "Safari 17, WebKit's FormDataBuilder.cpp: a decomposed name, as macOS has it",
                        "multipart/form-data; boundary=----WebKitFormBoundaryu2mSbZ0iMxWBEBLb",
                        "Ame\u0301lie.txt",
                        "bonjour",
                        """
                        ------WebKitFormBoundaryu2mSbZ0iMxWBEBLb
                        Content-Disposition: form-data; name="f"; filename="Ame\u0301lie.txt"
                        Content-Type: text/plain

                        bonjour
                        ------WebKitFormBoundaryu2mSbZ0iMxWBEBLb--
                        """),
                new Form(
                        "Safari 17: an input with 'multiple', and a blank one between",
                        "multipart/form-data; boundary=----WebKitFormBoundaryABCDEFGHIJKLMNOP",
                        """
                        ------WebKitFormBoundaryABCDEFGHIJKLMNOP
                        Content-Disposition: form-data; name="f"; filename="one.txt"
                        Content-Type: text/plain

                        1
                        ------WebKitFormBoundaryABCDEFGHIJKLMNOP
                        Content-Disposition: form-data; name="blank"; filename=""
                        Content-Type: application/octet-stream


                        ------WebKitFormBoundaryABCDEFGHIJKLMNOP
                        Content-Disposition: form-data; name="f"; filename="two%22.txt"
                        Content-Type: text/plain

                        22
                        ------WebKitFormBoundaryABCDEFGHIJKLMNOP
                        Content-Disposition: form-data; name="f"; filename="drei ß.txt"
                        Content-Type: text/plain


                        ------WebKitFormBoundaryABCDEFGHIJKLMNOP--
                        """.replace("\n", "\r\n"),
                        "one.txt",
                        "1",
                        List.of("two_.txt", "drei ß.txt")),
                one(
                        "curl 7.68, lib/mime.c: backslashes",
                        "multipart/form-data; boundary=------------------------d74496d66958873e",
                        "a_b.txt",
                        "curl",
                        """
                        --------------------------d74496d66958873e
                        Content-Disposition: form-data; name="f"; filename="a\\"b.txt"
                        Content-Type: text/plain

                        curl
                        --------------------------d74496d66958873e--
                        """),
                one(
                        "urllib3 1.24, fields.py: RFC 2231 alone, no Content-Type",
                        "multipart/form-data; boundary=c7cbfdd911b4e720f1dd8f479c50bc7f",
                        "año.txt",
                        "requests",
                        """
                        --c7cbfdd911b4e720f1dd8f479c50bc7f
                        Content-Disposition: form-data; name="f"; filename*=utf-8''a%C3%B1o.txt

                        requests
                        --c7cbfdd911b4e720f1dd8f479c50bc7f--
                        """),
                one(
                        "OkHttp 4.12, MultipartBody.kt: Content-Length in each part",
                        "multipart/form-data; boundary=5a3a0c8e-7c11-4a3c-9d6f-0b6a3a1b2c3d",
                        "x_y.bin",
                        "okhttp",
                        """
                        --5a3a0c8e-7c11-4a3c-9d6f-0b6a3a1b2c3d
                        Content-Disposition: form-data; name="title"
                        Content-Length: 6

                        Square
                        --5a3a0c8e-7c11-4a3c-9d6f-0b6a3a1b2c3d
                        Content-Disposition: form-data; name="f"; filename="x%22y.bin"
                        Content-Type: application/octet-stream
                        Content-Length: 6

                        okhttp
                        --5a3a0c8e-7c11-4a3c-9d6f-0b6a3a1b2c3d--
                        """),
                one(
                        ".NET 8, MultipartFormDataContent.cs: boundary quoted, names not, extended last",
                        "multipart/form-data; boundary=\"0f3c4a63-9a0b-4b8e-8f57-3d1f9f0c6a55\"",
                        "über.txt",
                        "dotnet",
                        """
                        --0f3c4a63-9a0b-4b8e-8f57-3d1f9f0c6a55
                        Content-Type: text/plain; charset=utf-8
                        Content-Disposition: form-data; name=note

                        a=b; filename=c
                        --0f3c4a63-9a0b-4b8e-8f57-3d1f9f0c6a55
                        Content-Disposition: form-data; name=f; filename="=?utf-8?B?w7xiZXIudHh0?="; filename*=utf-8''%C3%BCber.txt

                        dotnet
                        --0f3c4a63-9a0b-4b8e-8f57-3d1f9f0c6a55--
                        """),
                one(
                        ".NET 8: a plain name without quotes",
                        "multipart/form-data; boundary=\"b\"",
                        "plain.txt",
                        "dotnet",
                        """
                        --b
                        Content-Disposition: form-data; name=f; filename=plain.txt; filename*=utf-8''plain.txt

                        dotnet
                        --b--
                        """),
                one(
                        "Apache HttpClient 4, HttpMultipart in strict mode: Content-Transfer-Encoding",
                        "multipart/form-data; boundary=Xq_8sUe-3Gk2hT7pLw9VnB0cRyZa1Dm",
                        "report.pdf",
                        "%PDF-1.7 ",
                        """
                        --Xq_8sUe-3Gk2hT7pLw9VnB0cRyZa1Dm
                        Content-Disposition: form-data; name="f"; filename="report.pdf"
                        Content-Type: application/pdf
                        Content-Transfer-Encoding: binary

                        %PDF-1.7\s
                        --Xq_8sUe-3Gk2hT7pLw9VnB0cRyZa1Dm--
                        """),
                one(
                        "Jakarta Mail as a client: odd boundary, folded and lower-case fields, preamble and epilogue",
                        "Multipart/Form-Data; charset=utf-8; BOUNDARY=\"----=_Part_0_1'()+_,-./:=?.1700000000000\"",
                        "folded name.txt",
                        "mail",
                        """
                        This is a multi-part message.
                        --nearly
                        ------=_Part_0_1'()+_,-./:=?.1700000000000
                        content-disposition: form-data;
                        \tname="f";
                         filename="folded name.txt"
                        content-type: text/plain

                        mail
                        ------=_Part_0_1'()+_,-./:=?.1700000000000--
                        An epilogue
                        ------=_Part_0_1'()+_,-./:=?.1700000000000
                        Content-Disposition: form-data; name="g"; filename="never.txt"

                        never
                        """));
    }
}
