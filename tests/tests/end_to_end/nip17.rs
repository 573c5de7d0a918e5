//! The private messages that the specifications publish, opened: gift wraps (NIP-59) and what is
//! in them (NIP-17). The events are the examples of the two texts, on one line each.
//!
//! They are opened by the crate `nostr`, on which library and program stand. What the library adds to
//! it is tested in `client-lib/tests/relays/messages.rs`, the program in `command_line/messages.rs`.

use std::collections::BTreeSet;

use nostr::nips::nip59::{self, UnwrappedGift};
use nostr::{Event, EventBuilder, JsonUtil, Keys, Kind, NostrSigner};
use serde_json::json;

use crate::events::{keys, now, pubkey};
use crate::harness::TestRelay;

/// The sender and the receiver of the example of NIP-59.
const PARTY_SENDER: &str = "0beebd062ec8735f4243466049d7747ef5d6594ee838de147f8aab842b15e273";
const PARTY_RECEIVER: &str = "e108399bd8424357a710b606ae0c13166d853d327e47a6e5e038197346bdbf45";

/// The sender and the receiver of the example of NIP-17.
const HOLA_SENDER: &str = "nsec1w8udu59ydjvedgs3yv5qccshcj8k05fh3l60k9x57asjrqdpa00qkmr89m";
const HOLA_RECEIVER: &str = "nsec12ywtkplvyq5t6twdqwwygavp5lm4fhuang89c943nf2z92eez43szvn4dt";

/// NIP-59: from one to the other.
const PARTY: &str = "{\"id\":\"5c005f3ccf01950aa8d131203248544fb1e41a0d698e846bd419cec3890903ac\",\"pubkey\":\"18b1a75\
    918f1f2c90c23da616bce317d36e348bcf5f7ba55e75949319210c87c\",\"created_at\":1703021488,\"kind\":\
    1059,\"tags\":[[\"p\",\"166bf3765ebd1fc55decfe395beff2ea3b2a4e0a8946e7eb578512b555737c99\"]],\"co\
    ntent\":\"AhC3Qj/QsKJFWuf6xroiYip+2yK95qPwJjVvFujhzSguJWb/6TlPpBW0CGFwfufCs2Zyb0JeuLmZhNlnqe\
    cAAalC4ZCugB+I9ViA5pxLyFfQjs1lcE6KdX3euCHBLAnE9GL/+IzdV9vZnfJH6atVjvBkNPNzxU+OLCHO/DAPmzmM\
    Vx0SR63frRTCz6Cuth40D+VzluKu1/Fg2Q1LSst65DE7o2efTtZ4Z9j15rQAOZfE9jwMCQZt27rBBK3yVwqVEriFpg\
    2mHXc1DDwHhDADO8eiyOTWF1ghDds/DxhMcjkIi/o+FS3gG1dG7gJHu3KkGK5UXpmgyFKt+421m5o++RMD/BylS3ia\
    zS1S93IzTLeGfMCk+7IKxuSCO06k1+DaasJJe8RE4/rmismUvwrHu/HDutZWkvOAhd4z4khZo7bJLtiCzZCZ74lZcj\
    OB4CYtuAX2ZGpc4I1iOKkvwTuQy9BWYpkzGg3ZoSWRD6ty7U+KN+fTTmIS4CelhBTT15QVqD02JxfLF7nA6sg3UlYg\
    tiGw61oH68lSbx16P3vwSeQQpEB5JbhofW7t9TLZIbIW/ODnI4hpwj8didtk7IMBI3Ra3uUP7ya6vptkd9TwQkd/7c\
    OFaSJmU+BIsLpOXbirJACMn+URoDXhuEtiO6xirNtrPN8jYqpwvMUm5lMMVzGT3kMMVNBqgbj8Ln8VmqouK0DR+gRy\
    Nb8fHT0BFPwsHxDskFk5yhe5c/2VUUoKCGe0kfCcX/EsHbJLUUtlHXmTqaOJpmQnW1tZ/siPwKRl6oEsIJWTUYxPQm\
    rM2fUpYZCuAo/29lTLHiHMlTbarFOd6J/ybIbICy2gRRH/LFSryty3Cnf6aae+A9uizFBUdCwTwffc3vCBae802+R9\
    2OL78bbqHKPbSZOXNC+6ybqziezwG+OPWHx1Qk39RYaF0aFsM4uZWrFic97WwVrH5i+/Nsf/OtwWiuH0gV/SqvN1hn\
    kxCTF/+XNn/laWKmS3e7wFzBsG8+qwqwmO9aVbDVMhOmeUXRMkxcj4QreQkHxLkCx97euZpC7xhvYnCHarHTDeD6nV\
    K+xzbPNtzeGzNpYoiMqxZ9bBJwMaHnEoI944Vxoodf51cMIIwpTmmRvAzI1QgrfnOLOUS7uUjQ/IZ1Qa3lY08Nqm9M\
    AGxZ2Ou6R0/Z5z30ha/Q71q6meAs3uHQcpSuRaQeV29IASmye2A2Nif+lmbhV7w8hjFYoaLCRsdchiVyNjOEM4VmxU\
    hX4VEvw6KoCAZ/XvO2eBF/SyNU3Of4SO\",\"sig\":\"35fabdae4634eb630880a1896a886e40fd6ea8a60958e30b8\
    9b33a93e6235df750097b04f9e13053764251b8bc5dd7e8e0794a3426a90b6bcc7e5ff660f54259\"}";

/// NIP-17: to the receiver.
const HOLA: &str = "{\"id\":\"2886780f7349afc1344047524540ee716f7bdc1b64191699855662330bf235d8\",\"pubkey\":\"8f8a7ec\
    43b77d25799281207e1a47f7a654755055788f7482653f9c9661c6d51\",\"created_at\":1703128320,\"kind\":\
    1059,\"tags\":[[\"p\",\"918e2da906df4ccd12c8ac672d8335add131a4cf9d27ce42b3bb3625755f0788\"]],\"co\
    ntent\":\"AsqzdlMsG304G8h08bE67dhAR1gFTzTckUUyuvndZ8LrGCvwI4pgC3d6hyAK0Wo9gtkLqSr2rT2RyHlE5w\
    RqbCOlQ8WvJEKwqwIJwT5PO3l2RxvGCHDbd1b1o40ZgIVwwLCfOWJ86I5upXe8K5AgpxYTOM1BD+SbgI5jOMA8tgpR\
    oitJedVSvBZsmwAxXM7o7sbOON4MXHzOqOZpALpS2zgBDXSAaYAsTdEM4qqFeik+zTk3+L6NYuftGidqVluicwSGS2\
    viYWr5OiJ1zrj1ERhYSGLpQnPKrqDaDi7R1KrHGFGyLgkJveY/45y0rv9aVIw9IWF11u53cf2CP7akACel2WvZdl1h\
    tEwFu/v9cFXD06fNVZjfx3OssKM/uHPE9XvZttQboAvP5UoK6lv9o3d+0GM4/3zP+yO3C0NExz1ZgFmbGFz703YJzM\
    +zpKCOXaZyzPjADXp8qBBeVc5lmJqiCL4solZpxA1865yPigPAZcc9acSUlg23J1dptFK4n3Tl5HfSHP+oZ/QS/SHW\
    bVFCtq7ZMQSRxLgEitfglTNz9P1CnpMwmW/Y4Gm5zdkv0JrdUVrn2UO9ARdHlPsW5ARgDmzaxnJypkfoHXNfxGGXWR\
    k0sKLbz/ipnaQP/eFJv/ibNuSfqL6E4BnN/tHJSHYEaTQ/PdrA2i9laG3vJti3kAl5Ih87ct0w/tzYfp4SRPhEF1zz\
    ue9G/16eJEMzwmhQ5Ec7jJVcVGa4RltqnuF8unUu3iSRTQ+/MNNUkK6Mk+YuaJJs6Fjw6tRHuWi57SdKKv7GGkr0zl\
    BUU2Dyo1MwpAqzsCcCTeQSv+8qt4wLf4uhU9Br7F/L0ZY9bFgh6iLDCdB+4iABXyZwT7Ufn762195hrSHcU4Okt0Zn\
    s9EeiBOFxnmpXEslYkYBpXw70GmymQfJlFOfoEp93QKCMS2DAEVeI51dJV1e+6t3pCSsQN69Vg6jUCsm1TMxSs2VX4\
    BRbq562+VffchvW2BB4gMjsvHVUSRl8i5/ZSDlfzSPXcSGALLHBRzy+gn0oXXJ/447VHYZJDL3Ig8+QW5oFMgnWYhu\
    wI5QSLEyflUrfSz+Pdwn/5eyjybXKJftePBD9Q+8NQ8zulU5sqvsMeIx/bBUx0fmOXsS3vjqCXW5IjkmSUV7q54Gew\
    ZqTQBlcx+90xh/LSUxXex7UwZwRnifvyCbZ+zwNTHNb12chYeNjMV7kAIr3cGQv8vlOMM8ajyaZ5KVy7HpSXQjz4PG\
    T2/nXbL5jKt8Lx0erGXsSsazkdoYDG3U\",\"sig\":\"a3c6ce632b145c0869423c1afaff4a6d764a9b64dedaf15f1\
    70b944ead67227518a72e455567ca1c2a0d187832cecbde7ed478395ec4c95dd3e71749ed66c480\"}";

/// NIP-17: the copy for the sender.
const HOLA_COPY: &str = "{\"id\":\"162b0611a1911cfcb30f8a5502792b346e535a45658b3a31ae5c178465509721\",\"pubkey\":\"626be2a\
    f274b29ea4816ad672ee452b7cf96bbb4836815a55699ae402183f512\",\"created_at\":1702711587,\"kind\":\
    1059,\"tags\":[[\"p\",\"44900586091b284416a0c001f677f9c49f7639a55c3f1e2ec130a8e1a7998e1b\"]],\"co\
    ntent\":\"AsTClTzr0gzXXji7uye5UB6LYrx3HDjWGdkNaBS6BAX9CpHa+Vvtt5oI2xJrmWLen+Fo2NBOFazvl285Gb\
    3HSM82gVycrzx1HUAaQDUG6HI7XBEGqBhQMUNwNMiN2dnilBMFC3Yc8ehCJT/gkbiNKOpwd2rFibMFRMDKai2mq2lB\
    tPJF18oszKOjA+XlOJV8JRbmcAanTbEK5nA/GnG3eGUiUzhiYBoHomj3vztYYxc0QYHOx0WxiHY8dsC6jPsXC7f6k4\
    P+Hv5ZiyTfzvjkSJOckel1lZuE5SfeZ0nduqTlxREGeBJ8amOykgEIKdH2VZBZB+qtOMc7ez9dz4wffGwBDA7912NF\
    S2dPBr6txHNxBUkDZKFbuD5wijvonZDvfWq43tZspO4NutSokZB99uEiRH8NAUdGTiNb25m9JcDhVfdmABqTg5fIww\
    Twlem5aXIy8b66lmqqz2LBzJtnJDu36bDwkILph3kmvaKPD8qJXmPQ4yGpxIbYSTCohgt2/I0TKJNmqNvSN+IVoUuC\
    7ZOfUV9lOV8Ri0AMfSr2YsdZ9ofV5o82ClZWlWiSWZwy6ypa7CuT1PEGHzywB4CZ5ucpO60Z7hnBQxHLiAQIO/QhiB\
    p1rmrdQZFN6PUEjFDloykoeHe345Yqy9Ke95HIKUCS9yJurD+nZjjgOxZjoFCsB1hQAwINTIS3FbYOibZnQwv8PXvc\
    SOqVZxC9U0+WuagK7IwxzhGZY3vLRrX01oujiRrevB4xbW7Oxi/Agp7CQGlJXCgmRE8Rhm+Vj2s+wc/4VLNZRHDcwt\
    fejogjrjdi8p6nfUyqoQRRPARzRGUnnCbh+LqhigT6gQf3sVilnydMRScEc0/YYNLWnaw9nbyBa7wFBAiGbJwO40k3\
    9wj+xT6HTSbSUgFZzopxroO3f/o4+ubx2+IL3fkev22mEN38+dFmYF3zE+hpE7jVxrJpC3EP9PLoFgFPKCuctMnjXm\
    eHoiGs756N5r1Mm1ffZu4H19MSuALJlxQR7VXE/LzxRXDuaB2u9days/6muP6gbGX1ASxbJd/ou8+viHmSC/ioHzNj\
    ItVCPaJjDyc6bv+gs1NPCt0qZ69G+JmgHW/PsMMeL4n5bh74g0fJSHqiI9ewEmOG/8bedSREv2XXtKV39STxPweceI\
    Oh0k23s3N6+wvuSUAJE7u1LkDo14cobtZ/MCw/QhimYPd1u5HnEJvRhPxz0nVPz0QqL/YQeOkAYk7uzgeb2yPzJ6DB\
    tnTnGDkglekhVzQBFRJdk740LEj6swkJ\",\"sig\":\"c94e74533b482aa8eeeb54ae72a5303e0b21f62909ca43c8e\
    f06b0357412d6f8a92f96e1a205102753777fd25321a58fba3fb384eee114bd53ce6c06a1c22bab\"}";

async fn opened(keys: &str, wrap: &str) -> UnwrappedGift {
    let wrap = Event::from_json(wrap).unwrap();
    wrap.verify().unwrap();
    let keys = Keys::parse(keys).unwrap();
    let unwrapped = UnwrappedGift::from_gift_wrap(&keys, &wrap).await.unwrap();
    unwrapped.rumor.verify_id().unwrap();
    unwrapped
}

#[tokio::test]
async fn nip59_13_the_published_gift_wrap_is_opened() {
    let wrap = Event::from_json(PARTY).unwrap();
    let receiver = Keys::parse(PARTY_RECEIVER).unwrap();
    let seal = receiver.nip44_decrypt(&wrap.pubkey, &wrap.content).await;
    let seal = Event::from_json(seal.unwrap()).unwrap();
    seal.verify().unwrap();
    assert_eq!(
        (seal.id.to_hex().as_str(), seal.kind, seal.tags.len()),
        (
            "28a87d7c074d94a58e9e89bb3e9e4e813e2189f285d797b1c56069d36f59eaa7",
            Kind::Seal,
            0
        )
    );

    let UnwrappedGift { sender, mut rumor } = opened(PARTY_RECEIVER, PARTY).await;
    assert_eq!(sender, Keys::parse(PARTY_SENDER).unwrap().public_key());
    assert_eq!(sender, seal.pubkey);
    assert_eq!(
        rumor.id().to_hex(),
        "9dd003c6d3b73b74a85a9ab099469ce251653a7af76f523671ab828acd2a0ef9"
    );
    assert_eq!(rumor.content, "Are you going to the party tonight?");
    // The sender cannot open it any more: the key of the wrap is gone.
    let sender = Keys::parse(PARTY_SENDER).unwrap();
    assert!(nip59::extract_rumor(&sender, &wrap).await.is_err());
}

#[tokio::test]
async fn nip17_11_both_published_messages_hold_the_same_rumor() {
    let sender = Keys::parse(HOLA_SENDER).unwrap().public_key();
    for (keys, wrap) in [(HOLA_RECEIVER, HOLA), (HOLA_SENDER, HOLA_COPY)] {
        let mut unwrapped = opened(keys, wrap).await;
        assert_eq!(unwrapped.sender, sender);
        assert_eq!(
            unwrapped.rumor.id().to_hex(),
            "cf4d60706f9681a31c1cd5850779bcabe1578c1ae293296be20748c2e0771749"
        );
        assert_eq!(unwrapped.rumor.kind, Kind::PrivateDirectMessage);
        assert_eq!(unwrapped.rumor.content, "Hola, que tal?");
    }
}

/// A message of key 1 to key 2, which says that `author` wrote it.
async fn wrapped(author: u32, content: &str) -> Event {
    let (sender, receiver) = (keys(1), keys(2).public_key());
    let rumor = EventBuilder::private_msg_rumor(receiver, content).build(keys(author).public_key());
    EventBuilder::gift_wrap(&sender, &receiver, rumor, [])
        .await
        .unwrap()
}

#[tokio::test]
async fn nip17_02_a_rumor_that_names_another_author_is_dropped() {
    for (author, opens) in [(1, true), (3, false)] {
        let wrap = wrapped(author, "hello").await;
        assert_eq!(nip59::extract_rumor(&keys(2), &wrap).await.is_ok(), opens);
    }
}

#[tokio::test]
async fn nip59_02_03_a_seal_has_no_tags_and_each_wrap_a_key_of_its_own() {
    let mut authors = BTreeSet::new();
    for _ in 0..10 {
        let wrap = wrapped(1, "hello").await;
        let recipients: Vec<_> = wrap.tags.public_keys().copied().collect();
        assert_eq!((wrap.kind, wrap.tags.len()), (Kind::GiftWrap, 1));
        assert_eq!(recipients, [keys(2).public_key()]);
        assert!(authors.insert(wrap.pubkey));

        let seal = keys(2).nip44_decrypt(&wrap.pubkey, &wrap.content).await;
        let seal = Event::from_json(seal.unwrap()).unwrap();
        seal.verify().unwrap();
        assert_eq!((seal.kind, seal.tags.len()), (Kind::Seal, 0));
        assert_eq!(seal.pubkey, keys(1).public_key());
    }
}

#[tokio::test]
async fn nip59_03_04_a_wrap_goes_through_the_relay_and_is_opened_by_its_receiver() {
    let relay = TestRelay::start().await;
    let mut publisher = relay.connect().await;
    let mut receiver = relay.connect().await;
    receiver.authenticate(2).await.stored();
    let wrap = wrapped(1, "Tonight, at eight").await;
    let wrap = kith_nips::Event::parse(&wrap.as_json()).unwrap();
    assert_ne!(wrap.pubkey(), pubkey(1));
    assert!((now() - 2 * 86_400..=now()).contains(&wrap.created_at()));
    publisher.accept(&wrap).await;

    let stored = receiver.query(json!({"kinds": [1_059]})).await;
    let [stored] = &stored[..] else {
        panic!("{stored:?}");
    };
    let stored = Event::from_json(stored.json()).unwrap();
    let unwrapped = nip59::extract_rumor(&keys(2), &stored).await.unwrap();
    assert_eq!(unwrapped.sender, keys(1).public_key());
    assert_eq!(unwrapped.rumor.content, "Tonight, at eight");
    assert!(nip59::extract_rumor(&keys(3), &stored).await.is_err());
}
