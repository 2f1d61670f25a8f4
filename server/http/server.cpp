#include "server/http/server.hpp"

#include "net/api/limits.hpp"
#include "server/accounts/attempts.hpp"
#include "server/artifacts/virus_scanner.hpp"
#include "server/auth/breached_passwords.hpp"
#include "server/auth/log_in.hpp"
#include "server/config.hpp"
#include "server/events/hub.hpp"
#include "server/http/application.hpp"
#include "server/http/byte_budget.hpp"
#include "server/http/contract.hpp"
#include "server/http/databases.hpp"
#include "server/http/guards.hpp"
#include "server/http/health.hpp"
#include "server/http/listener.hpp"
#include "server/http/metrics.hpp"
#include "server/http/openapi_text.hpp"
#include "server/http/password_workers.hpp"
#include "server/http/proxies.hpp"
#include "server/http/request_rates.hpp"
#include "server/http/routing_table.hpp"
#include "server/http/security_log.hpp"
#include "server/http/worker_pool.hpp"
#include "server/jobs/jobs.hpp"
#include "server/log.hpp"
#include "server/mail/delivery.hpp"
#include "server/mail/message.hpp"
#include "server/mail/sender.hpp"
#include "server/objects/directory_store.hpp"
#include "server/objects/loose_objects.hpp"
#include "server/objects/object_store.hpp"
#include "server/seal/check_keys.hpp"
#include "server/seal/seal.hpp"
#include "server/store/database.hpp"
#include "server/store/migrations.hpp"
#include "server/store/pooler.hpp"
#include "server/store/transport.hpp"
#include "server/store/wakeups.hpp"
#include "server/vr/canvases.hpp"
#include "server/webhooks/delivery.hpp"
#include "server/webhooks/sender.hpp"

#include <haven/sql_http.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <format>
#include <memory>
#include <signal.h> // NOLINT(modernize-deprecated-headers): POSIX, not in <csignal>
#include <string>
#include <utility>

namespace haven::http {

namespace asio = boost::asio;
using namespace std::chrono_literals;

namespace {

constexpr std::size_t canvas_jobs_max = 2048; // one a connection at most

/// Whether the schema is there already. It is brought up to date, or, where that is another's work,
/// looked at: one that is behind is waited for.
std::expected<bool, std::string> prepare_schema(const ServerConfig& config) {
    if (config.migrate_enabled) {
        const auto migrated = store::migrate(config.database_url);
        if (!migrated) {
            return std::unexpected(migrated.error());
        }
        log::info("schema",
                  {{"version", migrated->version}, {"applied", migrated->applied.size()}});
        return true;
    }
    const auto schema = store::schema_state(config.database_url);
    if (!schema) {
        return std::unexpected(schema.error());
    }
    const int known = store::embedded_migrations().back().version;
    switch (store::fit_of(*schema, known)) {
    case store::SchemaFit::serves:
        return true;
    case store::SchemaFit::behind:
        if (schema->version == 0) {
            return std::unexpected("the database has no schema yet: run `haven-server migrate`");
        }
        log::warn("schema_behind", {{"version", schema->version}, {"wanted", known}});
        return false;
    case store::SchemaFit::beyond:
        return std::unexpected(std::format(
            "the database's schema wants programs that know version {}, and this one knows "
            "versions up to {}: run a newer one",
            schema->oldest_program, known));
    }
    std::unreachable();
}

/// Every connection is a descriptor. What the limit does not allow cannot be had.
Limits with_descriptors(Limits limits) {
    rlimit descriptors{};
    if (::getrlimit(RLIMIT_NOFILE, &descriptors) != 0) {
        return limits;
    }
    descriptors.rlim_cur = descriptors.rlim_max;
    (void)::setrlimit(RLIMIT_NOFILE, &descriptors);
    constexpr std::size_t others = 128; // files, the database, the other listener
    const auto most = static_cast<std::size_t>(descriptors.rlim_max);
    if (most < limits.connections_max + others) {
        limits.connections_max = std::max<std::size_t>(most, others + 1) - others;
        log::warn("few_descriptors", {{"connections_max", limits.connections_max}});
    }
    return limits;
}

struct Mail {
    mail::From from;
    std::unique_ptr<mail::Delivery> delivery;
};

std::expected<Mail, std::string> open_mail(const ServerConfig& config) {
    const auto from =
        mail::parse_from(config.mail_from.empty() ? "Haven <haven@localhost>" : config.mail_from);
    if (!from) {
        return std::unexpected("--mail-from wants an address, or \"Name <address>\"");
    }
    auto delivery =
        config.smtp_url.empty()
            ? mail::spool(config.mail_dir.empty() ? config.data_dir / "mail" : config.mail_dir)
            : mail::smtp({.url = config.smtp_url,
                          .user = config.smtp_user,
                          .password_file = config.smtp_password_file,
                          .ca_file = config.smtp_ca_file,
                          .name = from->address.substr(from->address.rfind('@') + 1)});
    if (!delivery) {
        return std::unexpected(delivery.error());
    }
    return Mail{.from = *from, .delivery = std::move(*delivery)};
}

webhooks::MayReach reachable(TrustedProxies allowed) {
    return [allowed = std::move(allowed)](const asio::ip::address& address) {
        return webhooks::is_public(address) || allowed.trusts(address);
    };
}

/// Where whoever is on this machine reaches the server.
std::string listening_url(const ServerConfig& config, std::uint16_t port) {
    const std::string_view scheme = config.tls_certificate.empty() ? "http" : "https";
    const std::string& address = config.listen_address;
    const std::string host = address == "0.0.0.0" || address == "::" ? "localhost"
                             : address.contains(':')                 ? std::format("[{}]", address)
                                                                     : address;
    return std::format("{}://{}:{}", scheme, host, port);
}

/// Any answer fits, however little room there is for what comes.
std::size_t answer_memory_bytes(const ServerConfig& config) {
    return std::max(config.body_memory_bytes, api::body_memory_bytes_default);
}

} // namespace

/// With its shutdown in reach: what still waits is let go while what it refers to is there.
struct IoContext : asio::io_context {
    IoContext() : asio::io_context(1) {}
    using asio::io_context::shutdown;
};

struct Server::Impl {
    Impl(ServerConfig server_config, const Limits& connection_limits, Contract api_contract,
         std::unique_ptr<objects::ObjectStore> object_store, seal::Seal the_seal,
         TrustedProxies trusted_proxies, TlsContext tls_context, Mail mail, Guards guards,
         TrustedProxies webhook_networks, bool schema_is_ready)
        : config(std::move(server_config)), contract(std::move(api_contract)),
          objects(std::move(object_store)), seal(std::move(the_seal)),
          proxies(std::move(trusted_proxies)),
          database(store::Database::create(io.get_executor(),
                                           database_config(config, connection_limits))),
          jobs_database(store::Database::create(io.get_executor(), jobs_database_config(config))),
          outgoing_database(store::Database::create(io.get_executor(), outgoing_config(config))),
          health_database(store::Database::create(io.get_executor(), health_config(config))),
          attempts_database(store::Database::create(io.get_executor(), attempts_config(config))),
          admission_wait_max(connection_limits.admission_wait_max),
          identity_time_max(connection_limits.identity_time_max),
          virus_scanner(io.get_executor(), std::move(guards.virus_scanner)),
          breached_passwords(std::move(guards.breached_passwords)),
          hub(io.get_executor(), outgoing_database, connection_limits, config.jobs_enabled),
          schema_ready(schema_is_ready),
          listener(io.get_executor(), application, body_budget, connection_limits, proxies,
                   std::move(tls_context)),
          metrics_listener(io.get_executor(), metrics_application, body_budget, connection_limits,
                           proxies, nullptr),
          wakeups(io.get_executor(), outgoing_config(config)),
          letters(io.get_executor(), outgoing_database, seal, std::move(mail.from),
                  {.site_url = config.site_url.empty() ? config.public_url : config.site_url,
                   .public_url = config.public_url},
                  std::move(mail.delivery)),
          webhook_sender(io.get_executor(), outgoing_database, seal,
                         reachable(std::move(webhook_networks))) {}
    Impl(const Impl&) = delete;
    Impl& operator=(const Impl&) = delete;
    ~Impl() { io.shutdown(); }

    ServerConfig config;
    Contract contract;
    IoContext io;
    std::unique_ptr<objects::ObjectStore> objects;
    seal::Seal seal;
    TrustedProxies proxies;
    store::Database database;
    store::Database jobs_database;
    store::Database outgoing_database;
    store::Database health_database;   ///< whoever asks how we are does not stand in line
    store::Database attempts_database; ///< nor does who is in stand behind those who knock
    std::chrono::milliseconds admission_wait_max;
    std::chrono::milliseconds identity_time_max;
    artifacts::VirusScanner virus_scanner;
    std::unique_ptr<auth::BreachedPasswords> breached_passwords;
    SecurityLog security_log;
    ByteBudget body_budget{io.get_executor(), config.body_memory_bytes,
                           RoomShares::of(config.body_memory_bytes)};
    ByteBudget answer_budget{io.get_executor(), answer_memory_bytes(config),
                             RoomShares::of(answer_memory_bytes(config))};
    ByteBudget file_budget{io.get_executor(), answer_memory_bytes(config),
                           RoomShares::of(answer_memory_bytes(config))};
    // Work that the workers drop at their end holds room in these.
    vr::Canvases canvases{io.get_executor(), database, *objects, object_workers};
    WorkerPool object_workers{config.canvas_threads, canvas_jobs_max};
    PasswordWorkers password_workers{io.get_executor(), config.password_threads};
    WorkerPool health_workers{1, health_jobs_max};
    accounts::Attempts attempts{attempts_database, seal, password_workers.turns()};
    RequestRates rates{config.requests_per_minute};
    events::Hub hub;
    Metrics metrics;
    bool schema_ready;
    Readiness readiness{io.get_executor()};
    Readiness health_readiness{io.get_executor()};
    Services services = services_with(database, object_workers, readiness);
    Application application{services, api_routes(), auth::authenticate};
    Services health_services = services_with(health_database, health_workers, health_readiness);
    Application metrics_application{health_services, metrics_routes(), auth::authenticate};
    Listener listener;
    Listener metrics_listener;
    asio::signal_set signals{io};
    asio::signal_set reload_signals{io};
    jobs::Jobs jobs{io.get_executor(), jobs_database, jobs::usual()};
    jobs::Jobs urgent_jobs{io.get_executor(), outgoing_database, jobs::urgent()};
    store::Wakeups wakeups;
    mail::Sender letters;
    webhooks::Sender webhook_sender;
    asio::steady_timer sweep_timer{io};
    asio::steady_timer schema_timer{io};
    std::uint16_t port = 0;
    std::uint16_t metrics_port = 0;
    bool stopping = false;

    Services services_with(store::Database& data, WorkerPool& of_objects, Readiness& of_all);
    void add_gauges();
    asio::awaitable<void> stop();
    asio::awaitable<bool> keys_fit();
    asio::awaitable<void> begin_work();
    asio::awaitable<void> sweep_objects();
    asio::awaitable<void> reload_certificate();
};

Services Server::Impl::services_with(store::Database& data, WorkerPool& of_objects,
                                     Readiness& of_all) {
    return {.config = config,
            .contract = contract,
            .database = data,
            .objects = *objects,
            .seal = seal,
            .object_workers = of_objects,
            .password_workers = password_workers,
            .canvases = canvases,
            .body_budget = body_budget,
            .answer_budget = answer_budget,
            .file_budget = file_budget,
            .admission_wait_max = admission_wait_max,
            .identity_time_max = identity_time_max,
            .attempts = attempts,
            .rates = rates,
            .events = hub,
            .virus_scanner = virus_scanner,
            .breached_passwords = breached_passwords.get(),
            .security_log = security_log,
            .metrics = metrics,
            .readiness = of_all,
            .schema_ready = schema_ready};
}

void Server::Impl::add_gauges() {
    const auto add = [this](std::string name, std::string help, auto read) {
        metrics.add_gauge(std::move(name), std::move(help),
                          [this, read] { return static_cast<double>(read(*this)); });
    };
    add("haven_body_bytes_in_flight", "Request bodies in memory.",
        [](const Impl& s) { return s.body_budget.bytes_in_use(); });
    add("haven_body_waiting", "Requests waiting for room for their body.",
        [](const Impl& s) { return s.body_budget.waiting(); });
    add("haven_answer_bytes_in_flight", "Answers in memory.", [](const Impl& s) {
        return s.answer_budget.bytes_in_use() + s.file_budget.bytes_in_use();
    });
    add("haven_http_connections", "Open connections.",
        [](const Impl& s) { return s.listener.connections(); });
    add("haven_database_connections", "Open connections to PostgreSQL.",
        [](const Impl& s) { return s.database.stats().connections; });
    add("haven_database_connections_in_use", "Connections to PostgreSQL in use.",
        [](const Impl& s) { return s.database.stats().in_use; });
    add("haven_database_waiting", "Requests waiting for a connection to PostgreSQL.",
        [](const Impl& s) { return s.database.stats().waiting; });
    add("haven_canvas_jobs", "Drawings being read, drawn or waiting for it.",
        [](const Impl& s) { return s.object_workers.unfinished(); });
    add("haven_canvases_waiting", "Drawings whose canvases will be drawn when there is time.",
        [](const Impl& s) { return s.canvases.waiting(); });
    add("haven_password_jobs", "Passwords being hashed or waiting for it.",
        [](const Impl& s) { return s.password_workers.unfinished(); });
    add("haven_default_partition_rows",
        "Rows that no partition was there for: make partitions (haven_maintain_partitions).",
        [](const Impl& s) { return s.jobs.default_partition_rows(); });
    add("haven_overdue_cases", "Cases for review past their deadline.",
        [](const Impl& s) { return s.jobs.overdue_cases(); });
    add("haven_letters_waiting", "Letters that were not sent yet.",
        [](const Impl& s) { return s.letters.waiting(); });
    add("haven_letters_given_up", "Letters given up in the last month.",
        [](const Impl& s) { return s.letters.given_up(); });
    add("haven_event_streams", "Streams of events.", [](const Impl& s) { return s.hub.streams(); });
    add("haven_letters_sent", "Letters sent by this server.",
        [](const Impl& s) { return s.letters.sent(); });
    add("haven_resident_bytes", "Resident memory.", [](const Impl&) { return resident_bytes(); });
}

asio::awaitable<void> Server::Impl::stop() {
    if (stopping) {
        co_return;
    }
    stopping = true;
    log::info("stopping", {{"connections", listener.connections()}});
    canvases.stop();
    hub.stop();
    // What is cut at the end of this time had 2 s less than promised, so that the process ends
    // within it.
    co_await listener.stop(std::max<std::chrono::milliseconds>(config.shutdown_timeout - 2s, 1s));
    co_await metrics_listener.stop(1s);
    jobs.stop();
    urgent_jobs.stop();
    wakeups.stop();
    letters.stop();
    webhook_sender.stop();
    sweep_timer.cancel();
    schema_timer.cancel();
    signals.cancel();
    reload_signals.cancel();
    canvases.end();
    object_workers.end();
    password_workers.end();
    health_workers.end();
    letters.end();
    webhook_sender.end();
    io.stop();
}

/// Of a schema that came after the start: nothing is served before.
asio::awaitable<bool> Server::Impl::keys_fit() {
    const auto checked =
        co_await health_workers.run([this] { return seal::check_keys(config.database_url, seal); });
    if (checked && !*checked) {
        log::error("keys_do_not_fit", {{"error", checked->error()}});
    }
    co_return checked && *checked;
}

/// What is done beside answering, once the schema is there that it needs.
asio::awaitable<void> Server::Impl::begin_work() {
    while (!schema_ready && !stopping) {
        const auto found = co_await health_database.query(sql::http::schema_version);
        if (found && serves_this_program(found->front())) {
            schema_ready = co_await keys_fit();
        }
        if (!schema_ready) {
            schema_timer.expires_after(1s);
            (void)co_await schema_timer.async_wait(asio::as_tuple(asio::use_awaitable));
        } else {
            log::info("schema_ready");
        }
    }
    if (stopping) {
        co_return;
    }
    if (config.jobs_enabled) {
        asio::co_spawn(io, jobs.run(), asio::detached);
        asio::co_spawn(io, urgent_jobs.run(), asio::detached);
        asio::co_spawn(io, letters.run(), asio::detached);
        for (const auto receivers :
             {webhooks::Sender::Receivers::reliable, webhooks::Sender::Receivers::all}) {
            asio::co_spawn(io, webhook_sender.run(receivers), asio::detached);
        }
    }
    asio::co_spawn(io, hub.run(), asio::detached);
    asio::co_spawn(io, wakeups.run([this] { hub.wake(); }), asio::detached);
    asio::co_spawn(io, sweep_objects(), asio::detached);
    asio::co_spawn(io, canvases.run(), asio::detached);
}

/// Objects that no row refers to: what a crash has left, and what went with its row.
asio::awaitable<void> Server::Impl::sweep_objects() {
    while (!stopping) {
        co_await objects::sweep(services);
        sweep_timer.expires_after(10min);
        (void)co_await sweep_timer.async_wait(asio::as_tuple(asio::use_awaitable));
    }
}

/// SIGHUP: the certificate and its key are read again. Where they cannot be used, those that are
/// there stay.
asio::awaitable<void> Server::Impl::reload_certificate() {
    while (!stopping) {
        const auto [error, signal] =
            co_await reload_signals.async_wait(asio::as_tuple(asio::use_awaitable));
        if (error || stopping) {
            co_return;
        }
        if (!listener.speaks_tls()) {
            continue;
        }
        auto context = make_tls_context(config.tls_certificate, config.tls_key);
        if (context) {
            listener.use_tls(std::move(*context));
            log::info("certificate_reloaded");
        } else {
            log::error("certificate_not_reloaded", {{"error", context.error()}});
        }
    }
}

namespace {

std::expected<seal::Seal, std::string> open_seal(const ServerConfig& config, bool schema_ready) {
    std::vector<std::filesystem::path> others;
    if (!config.master_key_other_file.empty()) {
        others.push_back(config.master_key_other_file);
    }
    auto seal = seal::Seal::open(config.master_key_file.empty() ? config.data_dir / "master.key"
                                                                : config.master_key_file,
                                 others);
    if (!seal || !schema_ready) {
        return seal;
    }
    if (auto fits = seal::check_keys(config.database_url, *seal); !fits) {
        return std::unexpected(fits.error());
    }
    return seal;
}

} // namespace

std::expected<std::unique_ptr<Server>, std::string> Server::create(const ServerConfig& config,
                                                                   const Limits& limits) {
    if (auto safe = store::check_transport(config.database_url); !safe) {
        return std::unexpected(safe.error());
    }
    if (auto pooled = store::check_pooler(config.database_url); !pooled) {
        return std::unexpected(pooled.error());
    }
    const auto schema_ready = prepare_schema(config);
    if (!schema_ready) {
        return std::unexpected(schema_ready.error());
    }
    const auto directory =
        config.objects_dir.empty() ? config.data_dir / "objects" : config.objects_dir;
    auto objects = objects::DirectoryStore::open(directory);
    if (!objects) {
        return std::unexpected(objects.error().message);
    }
    auto seal = open_seal(config, *schema_ready);
    if (!seal) {
        return std::unexpected(seal.error());
    }
    auto proxies = TrustedProxies::parse(config.trusted_proxies);
    if (!proxies) {
        return std::unexpected(proxies.error());
    }
    auto webhook_networks = TrustedProxies::parse(config.webhook_allow_network);
    if (!webhook_networks) {
        return std::unexpected("--webhook-allow-network: " + webhook_networks.error());
    }
    TlsContext tls;
    if (!config.tls_certificate.empty()) {
        auto context = make_tls_context(config.tls_certificate, config.tls_key);
        if (!context) {
            return std::unexpected(context.error());
        }
        tls = std::move(*context);
    }
    auto mail = open_mail(config);
    if (!mail) {
        return std::unexpected(mail.error());
    }
    auto guards = open_guards(config);
    if (!guards) {
        return std::unexpected(guards.error());
    }
    auto contract = Contract::read(openapi_json());
    if (!contract) {
        return std::unexpected("the API's description: " + contract.error());
    }
    auto impl = std::make_unique<Impl>(config, with_descriptors(limits), std::move(*contract),
                                       std::move(*objects), std::move(*seal), std::move(*proxies),
                                       std::move(tls), std::move(*mail), std::move(*guards),
                                       std::move(*webhook_networks), *schema_ready);
    impl->add_gauges();
    const auto port = impl->listener.open(config.listen_address, config.listen_port);
    if (!port) {
        return std::unexpected(port.error());
    }
    impl->port = *port;
    if (impl->config.public_url.empty()) {
        impl->config.public_url = listening_url(impl->config, *port);
    }
    if (config.metrics_enabled) {
        const auto metrics_port =
            impl->metrics_listener.open(config.metrics_address, config.metrics_port);
        if (!metrics_port) {
            return std::unexpected(metrics_port.error());
        }
        impl->metrics_port = *metrics_port;
    }
    return std::unique_ptr<Server>(new Server(std::move(impl)));
}

Server::Server(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Server::~Server() = default;

std::uint16_t Server::port() const {
    return impl_->port;
}

std::uint16_t Server::metrics_port() const {
    return impl_->metrics_port;
}

void Server::stop_on_signals() {
    impl_->signals.add(SIGTERM);
    impl_->signals.add(SIGINT);
    impl_->signals.async_wait([impl = impl_.get()](const auto& error, int /*signal*/) {
        if (!error) {
            asio::co_spawn(impl->io, impl->stop(), asio::detached);
        }
    });
    impl_->reload_signals.add(SIGHUP);
    asio::co_spawn(impl_->io, impl_->reload_certificate(), asio::detached);
}

void Server::run() {
    impl_->listener.start();
    if (impl_->metrics_port != 0) {
        impl_->metrics_listener.start();
    }
    asio::co_spawn(impl_->io, impl_->begin_work(), asio::detached);
    impl_->io.run();
    log::info("stopped");
}

void Server::request_stop() {
    asio::post(impl_->io,
               [impl = impl_.get()] { asio::co_spawn(impl->io, impl->stop(), asio::detached); });
}

} // namespace haven::http
