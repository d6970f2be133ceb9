package dev.tollgate.redis.batch;

import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import org.redisson.client.codec.BaseCodec;
import org.redisson.client.codec.StringCodec;
import org.redisson.client.protocol.Decoder;
import org.redisson.client.protocol.Encoder;

/**
 * A codec that encodes text as UTF-8, and byte arrays as they are, in heap buffers.
 *
 * <p>Redisson's own codec takes pooled buffers. Those of a batch whose connection is lost are never released, so each such
 * batch would leak memory outside the heap.
 */
final class TextCodec extends BaseCodec {

    static final TextCodec INSTANCE = new TextCodec();

    private static final Encoder ENCODER = value -> Unpooled.wrappedBuffer(
            value instanceof byte[] bytes ? bytes : value.toString().getBytes(StandardCharsets.UTF_8));

    private TextCodec() {}

    @Override
    public Encoder getValueEncoder() {
        return ENCODER;
    }

    @Override
    public Decoder<Object> getValueDecoder() {
        return StringCodec.INSTANCE.getValueDecoder();
    }
}
