#include "server/config.hpp"

#include "net/api/limits.hpp"
#include "server/log.hpp"
#include "tests/support/process.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <expected>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace haven::test {

namespace {

using Variables = std::map<std::string, std::string>;

std::expected<ServerConfig, ConfigExit> parse(const std::vector<std::string>& arguments,
                                              const Variables& variables = {}) {
    return parse_config(arguments, [&](const char* name) -> std::optional<std::string> {
        const auto found = variables.find(name);
        return found == variables.end() ? std::nullopt : std::optional(found->second);
    });
}

const std::string database = "postgresql:///haven";

class ConfigFile : public testing::Test {
  protected:
    std::string write(const std::string& text) {
        write_text(directory_.path() / "haven.toml", text);
        return (directory_.path() / "haven.toml").string();
    }

  private:
    TempDirectory directory_;
};

TEST(Config, TheDatabaseIsAllItNeeds) {
    const auto config = parse({"--database-url", database});
    ASSERT_TRUE(config) << config.error().text;
    EXPECT_EQ(config->database_url, database);
    EXPECT_EQ(config->listen_address, "127.0.0.1");
    EXPECT_EQ(config->body_memory_bytes, 64ULL << 20U);
    EXPECT_EQ(config->body_bytes_max, api::drawing_body_bytes_max);
    EXPECT_GE(config->body_memory_bytes / 4, std::uint64_t{api::trace_bytes_recorded_max});
    EXPECT_EQ(config->objects_dir, "haven-data/objects");
}

TEST(Config, WithoutADatabaseItSaysWhereToGiveOne) {
    const auto config = parse({});
    ASSERT_FALSE(config);
    EXPECT_EQ(config.error().status, 2);
    EXPECT_TRUE(config.error().text.contains("--database-url"));
    EXPECT_TRUE(config.error().text.contains("HAVEN_DATABASE_URL"));
}

TEST_F(ConfigFile, AFlagWinsOverTheEnvironmentOverTheFileOverTheDefault) {
    const std::string file = write("listen_port = 1001\n"
                                   "metrics_port = 1002\n"
                                   "database_pool_size = 7\n"
                                   "log_format = \"logfmt\"\n"
                                   "metrics = false\n");
    const auto config =
        parse({"--config", file, "--listen-port", "3001", "--database-url", database},
              {{"HAVEN_LISTEN_PORT", "2001"}, {"HAVEN_METRICS_PORT", "2002"}});
    ASSERT_TRUE(config) << config.error().text;
    EXPECT_EQ(config->listen_port, 3001);
    EXPECT_EQ(config->metrics_port, 2002);
    EXPECT_EQ(config->database_pool_size, 7U);
    EXPECT_EQ(config->log_format, log::Format::logfmt);
    EXPECT_FALSE(config->metrics_enabled);
    EXPECT_EQ(config->listen_address, "127.0.0.1");
}

TEST_F(ConfigFile, TheEnvironmentCanNameTheFile) {
    const std::string file = write("database_url = \"postgresql:///elsewhere\"\n");
    const auto config = parse({}, {{"HAVEN_CONFIG", file}});
    ASSERT_TRUE(config) << config.error().text;
    EXPECT_EQ(config->database_url, "postgresql:///elsewhere");
}

TEST_F(ConfigFile, MistakesNameTheFileTheLineAndTheKey) {
    const std::string unknown = write("database_url = \"x\"\nlisten_prot = 80\n");
    EXPECT_TRUE(parse({"--config", unknown})
                    .error()
                    .text.contains("haven.toml:2: listen_prot: there is no such"));
    const std::string range = write("\n\nlisten_port = 70000\n");
    EXPECT_TRUE(
        parse({"--config", range})
            .error()
            .text.contains(
                "haven.toml:3: listen_port: expected a whole number from 0 to 65535, not '70000'"));
    const std::string negative = write("listen_port = -1\n");
    EXPECT_TRUE(parse({"--config", negative}).error().text.contains("not '-1'"));
    const std::string syntax = write("listen_port = 80\nthis is no toml\n");
    EXPECT_TRUE(parse({"--config", syntax}).error().text.contains("haven.toml:2: "));
    const std::string table = write("[listen_port]\na = 1\n");
    EXPECT_TRUE(parse({"--config", table})
                    .error()
                    .text.contains("listen_port: expected a text or a whole number"));
}

TEST(Config, AFileThatIsNotThereIsNamed) {
    const auto config = parse({"--config", "/nowhere/haven.toml"});
    ASSERT_FALSE(config);
    EXPECT_TRUE(config.error().text.contains("/nowhere/haven.toml")) << config.error().text;
}

TEST(Config, MistakesNameTheFlagOrTheVariable) {
    EXPECT_TRUE(parse({"--listen-port", "eighty"})
                    .error()
                    .text.contains("--listen-port: expected a whole number"));
    EXPECT_TRUE(
        parse({}, {{"HAVEN_LOG_LEVEL", "loud"}})
            .error()
            .text.contains("HAVEN_LOG_LEVEL: expected one of debug info warn error, not 'loud'"));
    EXPECT_TRUE(parse({"--listen-prot", "80"}).error().text.contains("--listen-prot"));
}

TEST(Config, TlsNeedsBothFiles) {
    EXPECT_FALSE(parse({"--database-url", database, "--tls-key", "k.pem"}));
    EXPECT_TRUE(
        parse({"--database-url", database, "--tls-key", "k.pem", "--tls-certificate", "c.pem"}));
}

TEST(Config, PlainHttpIsForThisMachineOrBehindAProxyAlone) {
    const auto fault = [](std::vector<std::string> more) {
        more.insert(more.begin(), {"--database-url", database});
        const auto config = parse(more);
        return config ? "" : config.error().text;
    };
    for (const char* everywhere : {"0.0.0.0", "::", "192.0.2.1", "10.0.0.1"}) {
        EXPECT_TRUE(fault({"--listen-address", everywhere}).contains("--tls-certificate"))
            << everywhere;
        EXPECT_EQ(fault({"--listen-address", everywhere, "--trusted-proxies", "10.0.0.2"}), "");
        EXPECT_EQ(fault({"--listen-address", everywhere, "--tls-certificate", "c.pem", "--tls-key",
                         "k.pem"}),
                  "");
    }
    for (const char* here : {"127.0.0.1", "127.1.2.3", "::1"}) {
        EXPECT_EQ(fault({"--listen-address", here}), "") << here;
    }
}

TEST(Config, ABodyLargerThanAllBodiesTogetherIsRefused) {
    const auto config = parse({"--database-url", database, "--body-bytes-max", "67108865"});
    ASSERT_FALSE(config);
    EXPECT_TRUE(config.error().text.contains("--body-bytes-max")) << config.error().text;
}

TEST(Config, RoomInWhichAHeadsetsLongestTraceCannotBeTakenIsRefused) {
    const auto with_room = [](std::int64_t bytes) {
        return parse({"--database-url", database, "--body-memory-bytes", std::to_string(bytes)});
    };
    constexpr std::int64_t least = 4 * api::trace_bytes_recorded_max; // server/vr/traces.cpp
    EXPECT_TRUE(with_room(least));
    const auto refused = with_room(least - 1);
    ASSERT_FALSE(refused);
    EXPECT_TRUE(refused.error().text.contains("--body-memory-bytes")) << refused.error().text;
    EXPECT_TRUE(refused.error().text.contains(std::to_string(least))) << refused.error().text;
}

TEST(Config, TheMasterKeyLiesInTheDataDirectoryUnlessItIsToldWhere) {
    EXPECT_EQ(parse({"--database-url", database, "--data-dir", "/srv/haven"})->master_key_file,
              "/srv/haven/master.key");
    EXPECT_EQ(parse({"--database-url", database}, {{"HAVEN_MASTER_KEY_FILE", "/run/keys/haven"}})
                  ->master_key_file,
              "/run/keys/haven");
}

std::string refusal(const std::vector<std::string>& arguments, const Variables& variables = {}) {
    const auto refused = parse(arguments, variables);
    return refused ? "" : refused.error().text;
}

std::string private_file(const std::filesystem::path& file, std::string_view text,
                         std::filesystem::perms mode = std::filesystem::perms(0600)) {
    write_text(file, text);
    std::filesystem::permissions(file, mode);
    return file.string();
}

TEST(Config, APasswordInTheDatabasesUrlIsRefusedAndNotRepeated) {
    for (const char* url : {"postgresql://haven:s3cret@db.example/haven",
                            "postgresql://haven@db.example/haven?password=s3cret",
                            "host=db.example user=haven password=s3cret"}) {
        const std::string said = refusal({}, {{"HAVEN_DATABASE_URL", url}});
        EXPECT_TRUE(said.contains("--database-password-file")) << said;
        EXPECT_FALSE(said.contains("s3cret")) << said;
    }
}

TEST(Config, TheDatabasesPasswordComesFromAFileThatOthersMayNotRead) {
    const TempDirectory directory;
    const std::string file = private_file(directory.path() / "password", "a b'&\\ü\n");
    const auto url_of = [&](const std::string& url) {
        const auto config = parse({"--database-url", url, "--database-password-file", file});
        return config ? config->database_url : config.error().text;
    };
    EXPECT_EQ(url_of("postgresql://haven@db/haven"),
              "postgresql://haven@db/haven?password=%61%20%62%27%26%5C%C3%BC");
    EXPECT_EQ(url_of("postgres://haven@db/haven?sslmode=verify-full"),
              "postgres://haven@db/haven?sslmode=verify-full&password=%61%20%62%27%26%5C%C3%BC");
    EXPECT_EQ(url_of("host=db user=haven"), "host=db user=haven password='a b\\'&\\\\ü'");
    const auto refused = [&](const std::string& name) {
        return refusal({"--database-url", database, "--database-password-file", name});
    };
    std::filesystem::permissions(file, std::filesystem::perms(0640));
    EXPECT_TRUE(refused(file).contains("others may read")) << refused(file);
    EXPECT_TRUE(refused(private_file(directory.path() / "empty", "\n")).contains("no password"));
    EXPECT_TRUE(refused((directory.path() / "none").string()).contains("no password"));
}

TEST(Config, SecretsAreFoundByNameInTheDirectoryOfCredentials) {
    const TempDirectory directory;
    for (const char* name : {"master.key", "tls.key", "smtp.password", "database.password"}) {
        (void)private_file(directory.path() / name, "secret");
    }
    const Variables variables{{"CREDENTIALS_DIRECTORY", directory.path().string()}};
    const auto config = parse({"--database-url", database, "--tls-certificate", "/etc/haven.pem",
                               "--smtp-url", "smtps://mail.example", "--mail-from",
                               "Haven <a@mail.example>", "--smtp-user", "haven"},
                              variables);
    ASSERT_TRUE(config) << config.error().text;
    EXPECT_EQ(config->master_key_file, directory.path() / "master.key");
    EXPECT_EQ(config->master_key_other_file, "");
    EXPECT_EQ(config->tls_key, directory.path() / "tls.key");
    EXPECT_EQ(config->smtp_password_file, directory.path() / "smtp.password");
    EXPECT_TRUE(config->database_url.ends_with("?password=%73%65%63%72%65%74"));
    const auto told =
        parse({"--database-url", database, "--master-key-file", "/etc/other.key",
               "--tls-certificate", "/etc/haven.pem", "--smtp-url", "smtps://mail.example",
               "--mail-from", "Haven <a@mail.example>", "--smtp-user", "haven"},
              variables);
    ASSERT_TRUE(told) << told.error().text;
    EXPECT_EQ(told->master_key_file, "/etc/other.key") << "what is said counts";
}

TEST(Config, HelpNamesEveryOptionAndEndsWell) {
    const auto help = parse({"--help"});
    ASSERT_FALSE(help);
    EXPECT_EQ(help.error().status, 0);
    for (const char* flag : {"--config",
                             "--listen-address",
                             "--listen-port",
                             "--metrics-port",
                             "--port-file",
                             "--database-url",
                             "--database-pool-size",
                             "--data-dir",
                             "--objects-dir",
                             "--master-key-file",
                             "--tls-certificate",
                             "--tls-key",
                             "--token-lifetime-seconds",
                             "--login-idle-seconds",
                             "--login-lifetime-seconds",
                             "--clinician-idle-seconds",
                             "--clinician-lifetime-seconds",
                             "--second-factor",
                             "--browser-idle-seconds",
                             "--browser-lifetime-seconds",
                             "--cors-origin",
                             "--device-idle-seconds",
                             "--device-lifetime-seconds",
                             "--body-memory-bytes",
                             "--body-bytes-max",
                             "--canvas-threads",
                             "--log-level",
                             "--log-format",
                             "--shutdown-timeout-seconds",
                             "HAVEN_LISTEN_PORT"}) {
        EXPECT_TRUE(help.error().text.contains(flag)) << flag << "\n" << help.error().text;
    }
    EXPECT_EQ(parse({"--version"}).error().status, 0);
}

TEST(Config, FiguresAreToldInClearOnThisMachineAlone) {
    const auto fault = [](std::vector<std::string> more) {
        more.insert(more.begin(), {"--database-url", "postgresql:///haven"});
        const auto config = parse(more);
        return config ? "" : config.error().text;
    };
    EXPECT_EQ(fault({"--metrics-address", "::1"}), "");
    EXPECT_EQ(fault({"--metrics-address", "127.0.0.2"}), "");
    for (const char* elsewhere : {"0.0.0.0", "::", "10.1.2.3", "192.0.2.7"}) {
        EXPECT_TRUE(fault({"--metrics-address", elsewhere}).contains("--metrics-address"))
            << elsewhere;
        EXPECT_EQ(fault({"--metrics-address", elsewhere, "--metrics", "off"}), "") << elsewhere;
    }
}

TEST(Config, WhoNeedsASecondFactorIsSaid) {
    const auto who = [](std::vector<std::string> more) {
        more.insert(more.begin(), {"--database-url", "postgresql:///haven"});
        const auto config = parse(more);
        return config ? std::optional(config->second_factor) : std::nullopt;
    };
    EXPECT_EQ(who({}), FactorNeededBy::clinicians);
    EXPECT_EQ(who({"--second-factor", "people"}), FactorNeededBy::people);
    EXPECT_EQ(who({"--second-factor", "nobody"}), FactorNeededBy::nobody);
    EXPECT_EQ(who({"--second-factor", "on"}), std::nullopt);
}

TEST(Config, LettersNeedASenderAndAPasswordGoesWithAName) {
    const auto fault = [](std::vector<std::string> more) {
        more.insert(more.begin(), {"--database-url", "postgresql:///haven"});
        const auto config = parse(more);
        return config ? "" : config.error().text;
    };
    const std::vector<std::string> sent{"--smtp-url", "smtps://mail.example", "--mail-from",
                                        "Haven <haven@clinic.example>"};
    EXPECT_EQ(fault(sent), "");
    EXPECT_TRUE(fault({sent[0], sent[1]}).contains("--mail-from"));
    EXPECT_TRUE(fault({"--smtp-user", "haven"}).contains("--smtp-password-file"));
    EXPECT_EQ(fault({"--site-url", "https://journal.example/haven"}), "");
    for (const char* wrong :
         {"journal.example", "https://", "https://journal.example:/", "https://journal.example/a b",
          "https://journal.example/#x", "javascript:alert(1)"}) {
        EXPECT_TRUE(fault({"--site-url", wrong}).contains("--site-url")) << wrong;
    }
    const auto config = parse({"--database-url", "postgresql:///haven", "--data-dir", "/data"});
    EXPECT_EQ(config->mail_dir, "/data/mail");
}

TEST(Config, OriginsAreListedOneByOneAsBrowsersWriteThem) {
    using Origins = std::vector<std::string>;
    const auto origins = [](std::vector<std::string> more) {
        more.insert(more.begin(), {"--database-url", "postgresql:///haven"});
        const auto config = parse(more);
        return config ? config->cors_origins : Origins{config.error().text};
    };
    EXPECT_EQ(origins({}), Origins{});
    EXPECT_EQ(origins({"--cors-origin", "https://journal.example", "--cors-origin",
                       "http://localhost:3000, http://[::1]:3000"}),
              (Origins{"https://journal.example", "http://localhost:3000", "http://[::1]:3000"}));
    EXPECT_EQ(parse({"--database-url", "postgresql:///haven"},
                    {{"HAVEN_CORS_ORIGIN", "https://a.example,https://b.example:8443"}})
                  ->cors_origins,
              (Origins{"https://a.example", "https://b.example:8443"}));
    for (const char* wrong :
         {"*", "null", "journal.example", "https://", "https://*.example",
          "https://journal.example/", "https://Journal.example", "https://journal.example:443",
          "http://journal.example:80", "https://journal.example:", "https://journal.example:0",
          "https://journal.example:99999", "https://ann@journal.example", "file://", "https://[::1",
          "https://journal]example", "https://[::1]x", "https://a b"}) {
        const Origins said = origins({"--cors-origin", wrong});
        ASSERT_EQ(said.size(), 1U) << wrong;
        EXPECT_TRUE(said[0].contains("--cors-origin: expected at most 32 origins")) << said[0];
    }
    std::string many = "https://a0.example";
    for (int i = 1; i < 33; ++i) {
        many += ",https://a" + std::to_string(i) + ".example";
    }
    EXPECT_TRUE(origins({"--cors-origin", many})[0].contains("at most 32"));
}

TEST(Config, APublicAddressIsASchemeAndAHostAndNothingMore) {
    const auto public_url = [](const std::string& url) {
        const auto config = parse({"--database-url", "postgresql:///haven", "--public-url", url});
        return config ? config->public_url : "refused";
    };
    EXPECT_EQ(public_url("https://haven.example.org"), "https://haven.example.org");
    EXPECT_EQ(public_url("https://haven.example.org:8443/"), "https://haven.example.org:8443");
    EXPECT_EQ(public_url("http://[::1]:8080"), "http://[::1]:8080");
    for (const char* wrong :
         {"haven.example.org", "https://", "https://haven.example.org/path",
          "https://ann@haven.example.org", "ftp://haven.example.org",
          "https://haven.example.org?x=1", "https://Haven.example.org",
          "https://haven.example.org:443", "http://haven.example.org:80", "null"}) {
        EXPECT_EQ(public_url(wrong), "refused") << wrong;
    }
}

} // namespace

} // namespace haven::test
