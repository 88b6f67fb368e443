// franz-go, driven over standard input and output: a line of JSON for each request and each answer; ClientDriver.java lists the operations.
// Requests run at the same time, each on a goroutine.
package main

import (
	"bufio"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"
	"sync"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/sasl/plain"
	"github.com/twmb/franz-go/pkg/sasl/scram"
)

const operationTimeout = 30 * time.Second

type request struct {
	ID         int    `json:"id"`
	Op         string `json:"op"`
	Connection struct {
		Bootstrap string
		Sasl      *struct{ Mechanism, User, Password string }
		Tls       *struct{ Ca, Cert, Key string }
	}
	Topic, Codec, Until, Member, Group, Protocol, Writer, TransactionalID string
	Values                                                                []string
	Partitions, EveryMs, SessionMs                                        int
	Committed, Commit                                                     bool
	Before, Offset                                                        int64
	Configs                                                               map[string]string
	Key, Value                                                            string
}

type answer struct {
	ID     int    `json:"id"`
	Result any    `json:"result,omitempty"`
	Error  string `json:"error,omitempty"`
}

type driver struct {
	mutex   sync.Mutex
	members map[string]*member
	writers map[string]*kgo.Client
	open    map[string]bool
}

func main() {
	driver := &driver{members: map[string]*member{}, writers: map[string]*kgo.Client{}, open: map[string]bool{}}
	var printing sync.Mutex
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(make([]byte, 1<<20), 1<<26)
	for lines.Scan() {
		var one request
		if err := json.Unmarshal(lines.Bytes(), &one); err != nil {
			panic(err)
		}
		go func() {
			result, err := driver.run(&one)
			reply := answer{ID: one.ID, Result: result}
			if err != nil {
				reply = answer{ID: one.ID, Error: err.Error()}
			}
			text, _ := json.Marshal(reply)
			printing.Lock()
			defer printing.Unlock()
			fmt.Println(string(text))
		}()
	}
}

func (d *driver) run(r *request) (any, error) {
	ctx, cancel := context.WithTimeout(context.Background(), operationTimeout)
	defer cancel()
	d.mutex.Lock()
	m, writer := d.members[r.Member], d.writers[r.Writer]
	d.mutex.Unlock()
	switch r.Op {
	case "produce":
		return true, produce(ctx, r)
	case "produceSlowly":
		return produceSlowly(ctx, r)
	case "read":
		return read(ctx, r)
	case "join":
		return true, d.join(r)
	case "member":
		return m.seen(), nil
	case "commit":
		return true, m.client.CommitUncommittedOffsets(ctx)
	case "leave":
		m.leave()
		return true, nil
	case "begin":
		return true, d.begin(ctx, r)
	case "send":
		return true, d.send(ctx, writer, r)
	case "end":
		d.open[r.Writer] = false
		return true, writer.EndTransaction(ctx, kgo.TransactionEndTry(r.Commit))
	default:
		return administer(ctx, r)
	}
}

func connect(r *request, more ...kgo.Opt) (*kgo.Client, error) {
	options := []kgo.Opt{
		kgo.SeedBrokers(r.Connection.Bootstrap),
		kgo.FetchMaxWait(100 * time.Millisecond),
		kgo.RetryTimeout(15 * time.Second),
		kgo.MetadataMinAge(100 * time.Millisecond),
		kgo.RecordPartitioner(kgo.ManualPartitioner()),
	}
	if sasl := r.Connection.Sasl; sasl != nil {
		auth := scram.Auth{User: sasl.User, Pass: sasl.Password}
		switch sasl.Mechanism {
		case "PLAIN":
			options = append(options, kgo.SASL(plain.Auth{User: sasl.User, Pass: sasl.Password}.AsMechanism()))
		case "SCRAM-SHA-256":
			options = append(options, kgo.SASL(auth.AsSha256Mechanism()))
		default:
			options = append(options, kgo.SASL(auth.AsSha512Mechanism()))
		}
	}
	if files := r.Connection.Tls; files != nil {
		authority, err := os.ReadFile(files.Ca)
		if err != nil {
			return nil, err
		}
		config := &tls.Config{RootCAs: x509.NewCertPool()}
		config.RootCAs.AppendCertsFromPEM(authority)
		if files.Cert != "" {
			pair, err := tls.LoadX509KeyPair(files.Cert, files.Key)
			if err != nil {
				return nil, err
			}
			config.Certificates = []tls.Certificate{pair}
		}
		options = append(options, kgo.DialTLSConfig(config))
	}
	return kgo.NewClient(append(options, more...)...)
}

func codecOf(name string) kgo.CompressionCodec {
	switch name {
	case "gzip":
		return kgo.GzipCompression()
	case "snappy":
		return kgo.SnappyCompression()
	case "lz4":
		return kgo.Lz4Compression()
	case "zstd":
		return kgo.ZstdCompression()
	default:
		return kgo.NoCompression()
	}
}

func produce(ctx context.Context, r *request) error {
	client, err := connect(r, kgo.ProducerBatchCompression(codecOf(r.Codec)), kgo.ProducerLinger(5*time.Millisecond))
	if err != nil {
		return err
	}
	defer client.Close()
	records := make([]*kgo.Record, len(r.Values))
	for index, value := range r.Values {
		records[index] = &kgo.Record{Topic: r.Topic, Value: []byte(value), Partition: int32(index % max(r.Partitions, 1))}
	}
	return client.ProduceSync(ctx, records...).FirstErr()
}

func produceSlowly(ctx context.Context, r *request) (any, error) {
	client, err := connect(r)
	if err != nil {
		return nil, err
	}
	defer client.Close()
	acknowledged := []string{}
	for _, value := range r.Values {
		if err := client.ProduceSync(ctx, &kgo.Record{Topic: r.Topic, Value: []byte(value)}).FirstErr(); err != nil {
			return nil, err
		}
		acknowledged = append(acknowledged, value)
		time.Sleep(time.Duration(r.EveryMs) * time.Millisecond)
	}
	return acknowledged, nil
}

func read(ctx context.Context, r *request) (any, error) {
	isolation := kgo.ReadUncommitted()
	if r.Committed {
		isolation = kgo.ReadCommitted()
	}
	start := map[string]map[int32]kgo.Offset{r.Topic: {0: kgo.NewOffset().AtStart()}}
	client, err := connect(r, kgo.ConsumePartitions(start), kgo.FetchIsolationLevel(isolation))
	if err != nil {
		return nil, err
	}
	defer client.Close()
	values := []string{}
	for !slices.Contains(values, r.Until) {
		fetches := client.PollFetches(ctx)
		if ctx.Err() != nil {
			return nil, fmt.Errorf("read %v and no %s", values, r.Until)
		}
		fetches.EachRecord(func(record *kgo.Record) { values = append(values, string(record.Value)) })
	}
	return values, nil
}

// A member of a group.
type member struct {
	client     *kgo.Client
	mutex      sync.Mutex
	partitions map[int32]bool
	values     []string
	done       context.CancelFunc
	ended      chan struct{}
}

func (d *driver) join(r *request) error {
	m := &member{partitions: map[int32]bool{}, values: []string{}, ended: make(chan struct{})}
	change := func(owned bool) func(context.Context, *kgo.Client, map[string][]int32) {
		return func(_ context.Context, _ *kgo.Client, topics map[string][]int32) {
			m.mutex.Lock()
			defer m.mutex.Unlock()
			for _, partition := range topics[r.Topic] {
				m.partitions[partition] = owned
			}
		}
	}
	session := time.Duration(r.SessionMs) * time.Millisecond
	more := []kgo.Opt{}
	if r.Protocol == "consumer" {
		more = append(more, kgo.ServerSideBalancer())
	}
	client, err := connect(r, append(more,
		kgo.ConsumerGroup(r.Group), kgo.ConsumeTopics(r.Topic), kgo.DisableAutoCommit(),
		kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()),
		kgo.SessionTimeout(session), kgo.HeartbeatInterval(session/6),
		kgo.OnPartitionsAssigned(change(true)), kgo.OnPartitionsRevoked(change(false)), kgo.OnPartitionsLost(change(false)))...)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(context.Background())
	m.client, m.done = client, cancel
	d.mutex.Lock()
	d.members[r.Member] = m
	d.mutex.Unlock()
	go func() {
		defer close(m.ended)
		for ctx.Err() == nil {
			fetches := client.PollFetches(ctx)
			m.mutex.Lock()
			fetches.EachRecord(func(record *kgo.Record) { m.values = append(m.values, string(record.Value)) })
			m.mutex.Unlock()
		}
	}()
	return nil
}

func (m *member) seen() any {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	partitions := []int32{}
	for partition, owned := range m.partitions {
		if owned {
			partitions = append(partitions, partition)
		}
	}
	slices.Sort(partitions)
	return map[string]any{"partitions": partitions, "values": slices.Clone(m.values)}
}

func (m *member) leave() {
	m.done()
	<-m.ended
	m.client.Close()
}

func (d *driver) begin(ctx context.Context, r *request) error {
	client, err := connect(r, kgo.TransactionalID(r.TransactionalID))
	if err != nil {
		return err
	}
	// Otherwise asked for with the first record: too late to fence whoever has the name.
	if _, _, err := client.ProducerID(ctx); err != nil {
		return err
	}
	d.mutex.Lock()
	defer d.mutex.Unlock()
	d.writers[r.Writer] = client
	return nil
}

func (d *driver) send(ctx context.Context, writer *kgo.Client, r *request) error {
	if !d.open[r.Writer] {
		if err := writer.BeginTransaction(); err != nil {
			return err
		}
		d.open[r.Writer] = true
	}
	for _, value := range r.Values {
		if err := writer.ProduceSync(ctx, &kgo.Record{Topic: r.Topic, Value: []byte(value)}).FirstErr(); err != nil {
			return err
		}
	}
	return nil
}

func administer(ctx context.Context, r *request) (any, error) {
	client, err := connect(r)
	if err != nil {
		return nil, err
	}
	defer client.Close()
	admin := kadm.NewClient(client)
	switch r.Op {
	case "createTopic":
		configs := map[string]*string{}
		for key, value := range r.Configs {
			configs[key] = &value
		}
		_, err := admin.CreateTopic(ctx, int32(r.Partitions), 1, configs, r.Topic)
		return true, err
	case "listTopics":
		topics, err := admin.ListTopics(ctx)
		return topics.Names(), err
	case "describeTopic":
		topics, err := admin.ListTopics(ctx, r.Topic)
		return len(topics[r.Topic].Partitions), err
	case "addPartitions":
		added, err := admin.UpdatePartitions(ctx, r.Partitions, r.Topic)
		return true, errors.Join(err, added.Error())
	case "alterConfig":
		changed, err := admin.AlterTopicConfigs(ctx, []kadm.AlterConfig{{Op: kadm.SetConfig, Name: r.Key, Value: &r.Value}}, r.Topic)
		for _, one := range changed {
			err = errors.Join(err, one.Err)
		}
		return true, err
	case "describeConfig":
		found, err := admin.DescribeTopicConfigs(ctx, r.Topic)
		configs := map[string]string{}
		for _, resource := range found {
			err = errors.Join(err, resource.Err)
			for _, config := range resource.Configs {
				configs[config.Key] = config.MaybeValue()
			}
		}
		return configs, err
	case "deleteRecords":
		offsets := kadm.Offsets{}
		offsets.AddOffset(r.Topic, 0, r.Before, -1)
		deleted, err := admin.DeleteRecords(ctx, offsets)
		return true, errors.Join(err, deleted.Error())
	case "deleteTopic":
		_, err := admin.DeleteTopic(ctx, r.Topic)
		return true, err
	default:
		return administerGroups(ctx, admin, r)
	}
}

func administerGroups(ctx context.Context, admin *kadm.Client, r *request) (any, error) {
	switch r.Op {
	case "listGroups":
		groups, err := admin.ListGroups(ctx)
		return groups.Groups(), err
	case "describeGroup":
		groups, err := admin.DescribeGroups(ctx, r.Group)
		group := groups[r.Group]
		return map[string]any{"state": group.State, "members": len(group.Members)}, errors.Join(err, group.Err)
	case "groupOffsets":
		found, err := admin.FetchOffsets(ctx, r.Group)
		offsets := map[string]int64{}
		found.Each(func(one kadm.OffsetResponse) { offsets[fmt.Sprintf("%s-%d", one.Topic, one.Partition)] = one.At })
		return offsets, err
	case "deleteGroup":
		_, err := admin.DeleteGroup(ctx, r.Group)
		return true, err
	default:
		return nil, fmt.Errorf("there is no operation %s", r.Op)
	}
}
