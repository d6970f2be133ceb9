package dev.tollgate.redis.connection;

import dev.tollgate.config.BadSettingException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import javax.net.ssl.TrustManagerFactory;

/** Trust in a certificate authority of one's own, and in no other. */
final class TrustedCertificates {

    private TrustedCertificates() {}

    /**
     * Trusts the certificates in a PEM file.
     *
     * @param setting what names the file, for the error
     * @throws BadSettingException if there is no certificate in it
     */
    static TrustManagerFactory trust(String setting, Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
            store.load(null, null);
            int count = 0;
            for (Certificate certificate :
                    CertificateFactory.getInstance("X.509").generateCertificates(in)) {
                store.setCertificateEntry("ca-" + count++, certificate);
            }
            if (count == 0) {
                throw new BadSettingException(setting, file.toString(), "holds no certificate");
            }
            TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(store);
            return trust;
        } catch (IOException | GeneralSecurityException e) {
            throw new BadSettingException(
                    setting, file.toString(), "cannot be read as PEM certificates: " + e.getMessage());
        }
    }
}
