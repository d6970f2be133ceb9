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

/** A factory of trust managers that trust the certificates of one file and no others. */
final class TrustedCertificates {

    private TrustedCertificates() {}

    /**
     * Creates a factory from a PEM file.
     *
     * @param setting the setting that names the file, for the message
     * @throws BadSettingException if the file cannot be read or holds no certificate
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
