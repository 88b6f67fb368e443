import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.AcknowledgeType;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.KafkaShareConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.common.utils.Exit;

/**
 * Kafka's own Java client, driven over standard input and output: a line of JSON for each request and each answer.
 * Requests run at the same time, each on a thread; "tool" runs the main method of any class, one after the other.
 */
public final class ClientDriver {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final long READ_MS_MAX = 30_000;
    private static final PrintStream ANSWERS = System.out;

    private final Map<String, Member> members = new ConcurrentHashMap<>();
    private final Map<String, ShareMember> shareMembers = new ConcurrentHashMap<>();
    private final Map<String, Writer> writers = new ConcurrentHashMap<>();

    public static void main(String[] arguments) throws Exception {
        ClientDriver driver = new ClientDriver();
        BufferedReader requests = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        // What tools print must not get between the answers.
        System.setOut(System.err);
        for (String line = requests.readLine(); line != null; line = requests.readLine()) {
            JsonNode request = JSON.readTree(line);
            Thread thread = new Thread(() -> driver.answer(request));
            thread.setDaemon(true);
            thread.start();
        }
        Runtime.getRuntime().halt(0);
    }

    private void answer(JsonNode request) {
        ObjectNode answer = JSON.createObjectNode();
        answer.set("id", request.get("id"));
        try {
            answer.set("result", JSON.valueToTree(run(request)));
        } catch (Throwable error) {
            Throwable cause = error.getCause() == null ? error : error.getCause();
            answer.put("error", cause.getClass().getSimpleName() + ": " + cause.getMessage());
        }
        synchronized (ANSWERS) {
            ANSWERS.println(answer);
            ANSWERS.flush();
        }
    }

    private Object run(JsonNode request) throws Exception {
        String operation = request.get("op").asText();
        switch (operation) {
            case "produce": return produce(request);
            case "produceSlowly": return produceSlowly(request);
            case "read": return read(request);
            case "join": return join(request);
            case "member": return members.get(text(request, "member")).seen();
            case "commit": return members.get(text(request, "member")).ask("commit");
            case "leave": return members.remove(text(request, "member")).ask("leave");
            case "shareJoin": return shareJoin(request);
            case "shareMember": return shareMembers.get(text(request, "member")).seen();
            case "shareLeave": return shareMembers.remove(text(request, "member")).leave();
            case "begin": return begin(request);
            case "send": return writers.get(text(request, "writer")).send(request);
            case "sendOffset": return writers.get(text(request, "writer")).sendOffset(request);
            case "end": return writers.get(text(request, "writer")).end(request.get("commit").asBoolean());
            case "tool": return tool(request);
            default: return administer(operation, request);
        }
    }

    // ---- connecting

    private static String text(JsonNode node, String name) {
        return node.get(name).asText();
    }

    private static Map<String, Object> connect(JsonNode request) throws Exception {
        JsonNode connection = request.get("connection");
        Map<String, Object> settings = new TreeMap<>();
        settings.put("bootstrap.servers", text(connection, "bootstrap"));
        settings.put("request.timeout.ms", 10_000);
        settings.put("reconnect.backoff.ms", 50);
        settings.put("reconnect.backoff.max.ms", 500);
        JsonNode sasl = connection.get("sasl");
        JsonNode tls = connection.get("tls");
        String base = tls == null ? "PLAINTEXT" : "SSL";
        settings.put("security.protocol", sasl == null ? base : "SASL_" + base);
        if (sasl != null) {
            String mechanism = text(sasl, "mechanism");
            String module = mechanism.equals("PLAIN") ? "plain.PlainLoginModule" : "scram.ScramLoginModule";
            settings.put("sasl.mechanism", mechanism);
            settings.put("sasl.jaas.config", "org.apache.kafka.common.security." + module + " required username=\""
                + text(sasl, "user") + "\" password=\"" + text(sasl, "password") + "\";");
        }
        if (tls != null) {
            settings.put("ssl.truststore.type", "PEM");
            settings.put("ssl.truststore.certificates", Files.readString(Path.of(text(tls, "ca"))));
            if (tls.has("cert")) {
                settings.put("ssl.keystore.type", "PEM");
                settings.put("ssl.keystore.certificate.chain", Files.readString(Path.of(text(tls, "cert"))));
                settings.put("ssl.keystore.key", Files.readString(Path.of(text(tls, "key"))));
            }
        }
        return settings;
    }

    private static KafkaProducer<String, String> producer(JsonNode request) throws Exception {
        Map<String, Object> settings = connect(request);
        settings.put("acks", "all");
        settings.put("delivery.timeout.ms", 30_000);
        settings.put("max.block.ms", 15_000);
        settings.put("linger.ms", 5);
        if (request.has("codec")) settings.put("compression.type", text(request, "codec"));
        if (request.has("transactionalId")) settings.put("transactional.id", text(request, "transactionalId"));
        return new KafkaProducer<>(settings, new StringSerializer(), new StringSerializer());
    }

    private static KafkaConsumer<String, String> consumer(JsonNode request) throws Exception {
        Map<String, Object> settings = connect(request);
        settings.put("auto.offset.reset", "earliest");
        settings.put("enable.auto.commit", false);
        settings.put("fetch.max.wait.ms", 100);
        settings.put("default.api.timeout.ms", 15_000);
        if (request.path("committed").asBoolean()) settings.put("isolation.level", "read_committed");
        if (request.has("group")) settings.put("group.id", text(request, "group"));
        if (request.has("protocol") && text(request, "protocol").equals("consumer")) {
            settings.put("group.protocol", "consumer");
        } else if (request.has("sessionMs")) {
            settings.put("session.timeout.ms", request.get("sessionMs").asInt());
            settings.put("heartbeat.interval.ms", request.get("sessionMs").asInt() / 6);
        }
        return new KafkaConsumer<>(settings, new StringDeserializer(), new StringDeserializer());
    }

    // ---- producing and reading

    private static List<String> values(JsonNode request) {
        List<String> values = new ArrayList<>();
        request.get("values").forEach(value -> values.add(value.asText()));
        return values;
    }

    private static Object produce(JsonNode request) throws Exception {
        int partitions = request.path("partitions").asInt(1);
        try (KafkaProducer<String, String> producer = producer(request)) {
            List<Future<RecordMetadata>> sent = new ArrayList<>();
            List<String> values = values(request);
            for (int index = 0; index < values.size(); index++) {
                sent.add(producer.send(new ProducerRecord<>(text(request, "topic"), index % partitions, "k", values.get(index))));
            }
            for (Future<RecordMetadata> one : sent) one.get();
        }
        return true;
    }

    /** One after the other, each when the one before was acknowledged. */
    private static Object produceSlowly(JsonNode request) throws Exception {
        List<String> acknowledged = new ArrayList<>();
        try (KafkaProducer<String, String> producer = producer(request)) {
            for (String value : values(request)) {
                producer.send(new ProducerRecord<>(text(request, "topic"), 0, "k", value)).get();
                acknowledged.add(value);
                Thread.sleep(request.get("everyMs").asInt());
            }
        }
        return acknowledged;
    }

    /** Values of partition 0 from its beginning up to a given one. */
    private static Object read(JsonNode request) throws Exception {
        List<String> values = new ArrayList<>();
        String last = text(request, "until");
        long deadline = System.currentTimeMillis() + READ_MS_MAX;
        try (KafkaConsumer<String, String> consumer = consumer(request)) {
            TopicPartition partition = new TopicPartition(text(request, "topic"), 0);
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            while (System.currentTimeMillis() < deadline) {
                consumer.poll(java.time.Duration.ofMillis(200)).forEach(record -> values.add(record.value()));
                if (values.contains(last)) return values;
            }
        }
        throw new IllegalStateException("Read " + values + " and no " + last);
    }

    // ---- groups

    private Object join(JsonNode request) throws Exception {
        Member member = new Member(consumer(request), text(request, "topic"));
        members.put(text(request, "member"), member);
        member.start();
        return true;
    }

    /** A consumer on its own thread: it may be used by no other. */
    private static final class Member extends Thread {
        private final KafkaConsumer<String, String> consumer;
        private final String topic;
        private final List<String> values = new ArrayList<>();
        private List<Integer> partitions = List.of();
        private String wish;
        private Throwable failure;

        Member(KafkaConsumer<String, String> consumer, String topic) {
            this.consumer = consumer;
            this.topic = topic;
            setDaemon(true);
        }

        @Override
        public void run() {
            try {
                consumer.subscribe(List.of(topic));
                for (boolean left = false; !left;) {
                    var records = consumer.poll(java.time.Duration.ofMillis(100));
                    synchronized (this) {
                        records.forEach(record -> values.add(record.value()));
                        partitions = consumer.assignment().stream().map(TopicPartition::partition).sorted().toList();
                        if (wish == null) continue;
                        if (wish.equals("commit")) consumer.commitSync();
                        left = wish.equals("leave");
                        if (left) consumer.close();
                        wish = null;
                        notifyAll();
                    }
                }
            } catch (Throwable error) {
                synchronized (this) {
                    failure = error;
                    notifyAll();
                }
            }
        }

        synchronized Object seen() throws MemberFailed {
            if (failure != null) throw new MemberFailed(failure);
            return Map.of("partitions", partitions, "values", List.copyOf(values));
        }

        synchronized Object ask(String what) throws Exception {
            wish = what;
            while (wish != null && failure == null) wait();
            if (failure != null) throw new MemberFailed(failure);
            return true;
        }
    }

    /** Carries what a thread ended with. */
    private static final class MemberFailed extends Exception {
        MemberFailed(Throwable cause) {
            super(cause);
        }
    }

    // ---- share groups

    private Object shareJoin(JsonNode request) throws Exception {
        Map<String, Object> settings = connect(request);
        settings.put("group.id", text(request, "group"));
        settings.put("fetch.max.wait.ms", 100);
        settings.put("share.acknowledgement.mode", request.path("explicit").asBoolean() ? "explicit" : "implicit");
        if (request.has("pollRecords")) settings.put("max.poll.records", request.get("pollRecords").asInt());
        if (request.has("acquireMode")) settings.put("share.acquire.mode", text(request, "acquireMode"));
        Map<String, String> says = new TreeMap<>();
        request.path("says").properties().forEach(entry -> says.put(entry.getKey(), entry.getValue().asText()));
        var consumer = new KafkaShareConsumer<>(settings, new StringDeserializer(), new StringDeserializer());
        ShareMember member = new ShareMember(consumer, text(request, "topic"), request.path("explicit").asBoolean(), says);
        shareMembers.put(text(request, "member"), member);
        member.start();
        return true;
    }

    /**
     * A share consumer on its own thread. What it says of a record stands under the record's value and the count of its delivery, "v x1";
     * it accepts what nothing is said of.
     */
    private static final class ShareMember extends Thread {
        private final KafkaShareConsumer<String, String> consumer;
        private final String topic;
        private final boolean isExplicit;
        private final Map<String, String> says;
        private final List<String> deliveries = new ArrayList<>();
        private final List<String> errors = new ArrayList<>();
        private volatile boolean isLeaving;
        private Throwable failure;

        ShareMember(KafkaShareConsumer<String, String> consumer, String topic, boolean isExplicit, Map<String, String> says) {
            this.consumer = consumer;
            this.topic = topic;
            this.isExplicit = isExplicit;
            this.says = says;
            setDaemon(true);
        }

        @Override
        public void run() {
            try (consumer) {
                consumer.subscribe(List.of(topic));
                while (!isLeaving) {
                    List<String> told = new ArrayList<>();
                    for (ConsumerRecord<String, String> record : consumer.poll(java.time.Duration.ofMillis(100))) {
                        String delivery = record.value() + " x" + record.deliveryCount().orElse((short) 0);
                        if (isExplicit) say(record, delivery);
                        told.add(delivery);
                    }
                    List<String> wrong = new ArrayList<>();
                    consumer.commitSync().forEach((partition, error) -> error.ifPresent(one -> wrong.add(one.getClass().getSimpleName())));
                    synchronized (this) {
                        // Only now: what is seen is done.
                        deliveries.addAll(told);
                        errors.addAll(wrong);
                    }
                }
            } catch (Throwable error) {
                synchronized (this) {
                    failure = error;
                }
            }
        }

        private void say(ConsumerRecord<String, String> record, String delivery) {
            AcknowledgeType type = AcknowledgeType.valueOf(says.getOrDefault(delivery, "ACCEPT"));
            consumer.acknowledge(record, type);
            // What is renewed comes with the next poll, and is then done.
            if (type == AcknowledgeType.RENEW) says.remove(delivery);
        }

        synchronized Object seen() throws MemberFailed {
            if (failure != null) throw new MemberFailed(failure);
            return Map.of("deliveries", List.copyOf(deliveries), "errors", List.copyOf(errors));
        }

        Object leave() throws Exception {
            isLeaving = true;
            join();
            return seen();
        }
    }

    // ---- transactions

    private Object begin(JsonNode request) throws Exception {
        KafkaProducer<String, String> producer = producer(request);
        producer.initTransactions();
        writers.put(text(request, "writer"), new Writer(producer));
        return true;
    }

    private static final class Writer {
        private final KafkaProducer<String, String> producer;
        private boolean open;

        Writer(KafkaProducer<String, String> producer) {
            this.producer = producer;
        }

        Object send(JsonNode request) throws Exception {
            begin();
            for (String value : values(request)) {
                producer.send(new ProducerRecord<>(text(request, "topic"), 0, "k", value)).get();
            }
            return true;
        }

        Object sendOffset(JsonNode request) {
            begin();
            TopicPartition partition = new TopicPartition(text(request, "topic"), 0);
            OffsetAndMetadata offset = new OffsetAndMetadata(request.get("offset").asLong());
            producer.sendOffsetsToTransaction(Map.of(partition, offset), new ConsumerGroupMetadata(text(request, "group")));
            return true;
        }

        Object end(boolean commit) {
            if (commit) producer.commitTransaction();
            else producer.abortTransaction();
            open = false;
            return true;
        }

        private void begin() {
            if (!open) producer.beginTransaction();
            open = true;
        }
    }

    // ---- administration

    private static Object administer(String operation, JsonNode request) throws Exception {
        try (Admin admin = Admin.create(connect(request))) {
            switch (operation) {
                case "createTopic": {
                    NewTopic topic = new NewTopic(text(request, "topic"), request.get("partitions").asInt(), (short) 1);
                    Map<String, String> configs = new TreeMap<>();
                    request.path("configs").properties().forEach(entry -> configs.put(entry.getKey(), entry.getValue().asText()));
                    admin.createTopics(List.of(topic.configs(configs))).all().get();
                    return true;
                }
                case "alterGroupConfig": {
                    ConfigEntry entry = new ConfigEntry(text(request, "key"), text(request, "value"));
                    Collection<AlterConfigOp> change = List.of(new AlterConfigOp(entry, AlterConfigOp.OpType.SET));
                    ConfigResource resource = new ConfigResource(ConfigResource.Type.GROUP, text(request, "group"));
                    admin.incrementalAlterConfigs(Map.of(resource, change)).all().get();
                    return true;
                }
                case "listTopics": return admin.listTopics().names().get();
                case "describeTopic": {
                    String topic = text(request, "topic");
                    return admin.describeTopics(List.of(topic)).allTopicNames().get().get(topic).partitions().size();
                }
                case "addPartitions": {
                    NewPartitions total = NewPartitions.increaseTo(request.get("partitions").asInt());
                    admin.createPartitions(Map.of(text(request, "topic"), total)).all().get();
                    return true;
                }
                case "alterConfig": {
                    ConfigEntry entry = new ConfigEntry(text(request, "key"), text(request, "value"));
                    Collection<AlterConfigOp> change = List.of(new AlterConfigOp(entry, AlterConfigOp.OpType.SET));
                    admin.incrementalAlterConfigs(Map.of(topicResource(request), change)).all().get();
                    return true;
                }
                case "describeConfig": {
                    ConfigResource resource = topicResource(request);
                    Map<String, String> configs = new TreeMap<>();
                    admin.describeConfigs(List.of(resource)).all().get().get(resource).entries()
                        .forEach(entry -> configs.put(entry.name(), entry.value()));
                    return configs;
                }
                case "deleteRecords": {
                    TopicPartition partition = new TopicPartition(text(request, "topic"), 0);
                    RecordsToDelete before = RecordsToDelete.beforeOffset(request.get("before").asLong());
                    return admin.deleteRecords(Map.of(partition, before)).lowWatermarks().get(partition).get().lowWatermark();
                }
                case "deleteTopic": {
                    admin.deleteTopics(List.of(text(request, "topic"))).all().get();
                    return true;
                }
                case "listGroups":
                    return admin.listGroups().all().get().stream().map(group -> group.groupId()).toList();
                case "describeGroup": {
                    String group = text(request, "group");
                    var description = admin.describeConsumerGroups(List.of(group)).all().get().get(group);
                    return Map.of("state", description.groupState().toString(), "members", description.members().size());
                }
                case "groupOffsets": {
                    Map<String, Long> offsets = new TreeMap<>();
                    admin.listConsumerGroupOffsets(text(request, "group")).partitionsToOffsetAndMetadata().get()
                        .forEach((partition, offset) -> offsets.put(partition.toString(), offset.offset()));
                    return offsets;
                }
                case "deleteGroup": {
                    admin.deleteConsumerGroups(List.of(text(request, "group"))).all().get();
                    return true;
                }
                default: throw new IllegalArgumentException("There is no operation " + operation);
            }
        }
    }

    private static ConfigResource topicResource(JsonNode request) {
        return new ConfigResource(ConfigResource.Type.TOPIC, text(request, "topic"));
    }

    // ---- tools

    private static final class Ended extends RuntimeException {
        private final int status;

        Ended(int status) {
            this.status = status;
        }
    }

    /** Runs a class's main method; what it prints and the status it ends with are the answer. */
    private static synchronized Object tool(JsonNode request) throws Exception {
        InputStream inputBefore = System.in;
        PrintStream outBefore = System.out;
        PrintStream errorBefore = System.err;
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        PrintStream capture = new PrintStream(said, true, StandardCharsets.UTF_8);
        List<Runnable> hooks = new ArrayList<>();
        int status = 0;
        try {
            System.setIn(new ByteArrayInputStream(request.path("input").asText("").getBytes(StandardCharsets.UTF_8)));
            System.setOut(capture);
            System.setErr(capture);
            // Some tools take the exception for a failure of theirs and exit again: what counts is the first word.
            AtomicReference<Ended> first = new AtomicReference<>();
            Exit.Procedure end = (code, message) -> {
                first.compareAndSet(null, new Ended(code));
                throw first.get();
            };
            Exit.setExitProcedure(end);
            Exit.setHaltProcedure(end);
            Exit.setShutdownHookAdder((name, hook) -> hooks.add(hook));
            String[] arguments = new ArrayList<>(argumentsOf(request)).toArray(new String[0]);
            var main = Class.forName(text(request, "main")).getMethod("main", String[].class);
            // Scala's console keeps the stream it first saw.
            scala.Console.withOut(capture, () -> {
                try {
                    main.invoke(null, (Object) arguments);
                } catch (java.lang.reflect.InvocationTargetException error) {
                    if (error.getCause() instanceof Ended ended) throw ended;
                    throw new IllegalStateException(error.getCause());
                } catch (IllegalAccessException error) {
                    throw new IllegalStateException(error);
                }
                return null;
            });
        } catch (Ended ended) {
            status = ended.status;
        } catch (IllegalStateException error) {
            status = -1;
            capture.println(error.getCause());
        } finally {
            // A producer sends what it still has when its process ends.
            for (Runnable hook : hooks) hook.run();
            Exit.resetExitProcedure();
            Exit.resetHaltProcedure();
            Exit.resetShutdownHookAdder();
            System.setIn(inputBefore);
            System.setOut(outBefore);
            System.setErr(errorBefore);
        }
        return Map.of("status", status, "output", said.toString(StandardCharsets.UTF_8));
    }

    private static List<String> argumentsOf(JsonNode request) {
        List<String> arguments = new ArrayList<>();
        request.get("arguments").forEach(argument -> arguments.add(argument.asText()));
        return Collections.unmodifiableList(arguments);
    }
}
