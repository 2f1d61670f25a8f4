#include "server/seal/seal.hpp"

#include "bilateral/stroke.hpp"
#include "bilateral/uuid_v7.hpp"
#include "server/seal/master_key.hpp"
#include "server/seal/secret.hpp"
#include "tests/support/process.hpp"

#include <gtest/gtest.h>

#include <cstddef>
#include <filesystem>
#include <format>
#include <fstream>
#include <iterator>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include <sys/stat.h>

namespace haven::seal {
namespace {

namespace fs = std::filesystem;

std::span<const std::byte> bytes_of(std::string_view text) {
    return std::as_bytes(std::span(text));
}

std::string text_of(std::span<const std::byte> bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

Secret counting(unsigned char first) {
    Secret secret;
    for (std::size_t i = 0; i < Secret::size_bytes; ++i) {
        secret.data()[i] = static_cast<unsigned char>(first + i);
    }
    return secret;
}

struct SealTest : testing::Test {
    Seal master{counting(0)};
    Uuid person = make_uuid_v7();
    DataKey key = Seal::make_key(person);
    Uuid row = make_uuid_v7();
    Binding binding{.purpose = "artifact_text", .row_id = row, .user_id = person};
};

TEST_F(SealTest, what_is_sealed_opens_again_whatever_its_length) {
    for (const std::size_t size : {0UZ, 1UZ, 15UZ, 16UZ, 17UZ, 100'000UZ}) {
        const std::string plain(size, 'a');
        const auto sealed = seal(key, binding, bytes_of(plain));
        EXPECT_EQ(sealed.size(), size + overhead_bytes);
        const auto opened = unseal(key, binding, sealed);
        ASSERT_TRUE(opened) << opened.error().message;
        EXPECT_EQ(text_of(*opened), plain);
    }
}

TEST_F(SealTest, nothing_of_the_text_shows_and_the_same_text_twice_is_not_the_same) {
    const std::string plain = "dear mother, dear mother, dear mother";
    const auto once = seal(key, binding, bytes_of(plain));
    const auto again = seal(key, binding, bytes_of(plain));
    EXPECT_NE(once, again);
    EXPECT_FALSE(text_of(once).contains("mother"));
}

TEST_F(SealTest, moved_to_another_row_purpose_or_key_it_does_not_open) {
    const auto sealed = seal(key, binding, bytes_of("a letter"));
    EXPECT_FALSE(unseal(key, {"artifact_text", make_uuid_v7(), person}, sealed));
    EXPECT_FALSE(unseal(key, {"artifact_file", row, person}, sealed));
    EXPECT_FALSE(unseal(key, {"artifact_text", row, make_uuid_v7()}, sealed));
    const DataKey same_secret{.id = make_uuid_v7(), .user_id = person, .secret = key.secret.copy()};
    EXPECT_FALSE(unseal(same_secret, binding, sealed));
    const DataKey same_id{.id = key.id, .user_id = person, .secret = Secret::random()};
    EXPECT_FALSE(unseal(same_id, binding, sealed));
    EXPECT_TRUE(unseal(key, binding, sealed));
}

TEST_F(SealTest, a_part_of_a_row_opens_as_that_part_alone) {
    Binding first = binding;
    first.part = part_of(1);
    Binding other = binding;
    other.part = part_of(256);
    const auto sealed = seal(key, first, bytes_of("a letter"));
    EXPECT_EQ(text_of(unseal(key, first, sealed).value()), "a letter");
    EXPECT_FALSE(unseal(key, other, sealed));
    EXPECT_FALSE(unseal(key, binding, sealed));
    auto older = sealed; // said to be of a time when there were no parts
    older[0] = std::byte{1};
    EXPECT_FALSE(unseal(key, first, older));
    EXPECT_FALSE(unseal(key, binding, older));
    EXPECT_EQ(to_string(part_of(0x1234)), "00000000-0000-0000-0000-000000001234");
}

TEST_F(SealTest, what_was_sealed_before_there_were_parts_still_opens) {
    Binding part = binding;
    part.part = part_of(7);
    const auto older = seal(key, binding, bytes_of("a letter"));
    EXPECT_EQ(older.front(), std::byte{1});
    EXPECT_EQ(text_of(unseal(key, part, older).value()), "a letter");
}

TEST_F(SealTest, each_changed_byte_and_each_missing_one_is_noticed) {
    const auto sealed = seal(key, binding, bytes_of("a letter"));
    for (std::size_t i = 0; i < sealed.size(); ++i) {
        auto changed = sealed;
        changed[i] ^= std::byte{0x40};
        EXPECT_FALSE(unseal(key, binding, changed)) << "byte " << i;
        EXPECT_FALSE(unseal(key, binding, std::span(sealed).first(i))) << "first " << i;
    }
}

TEST_F(SealTest, an_error_names_the_place_and_never_the_text) {
    auto sealed = seal(key, binding, bytes_of("a letter"));
    sealed.back() ^= std::byte{1};
    const auto opened = unseal(key, binding, sealed);
    ASSERT_FALSE(opened);
    EXPECT_TRUE(opened.error().message.contains("artifact_text"));
    EXPECT_TRUE(opened.error().message.contains(to_string(row)));
    EXPECT_FALSE(opened.error().message.contains("letter"));
}

TEST_F(SealTest, a_text_is_sealed_as_base64) {
    const std::string sealed = seal_text(key, binding, "Grüße, {\"quoted\"}\n");
    EXPECT_EQ(sealed.find_first_not_of(
                  "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/="),
              std::string::npos);
    EXPECT_EQ(unseal_text(key, binding, sealed).value(), "Grüße, {\"quoted\"}\n");
    EXPECT_FALSE(unseal_text(key, binding, sealed.substr(4)));
    EXPECT_FALSE(unseal_text(key, binding, "not base64!"));
}

TEST_F(SealTest, base64_is_that_of_the_standard_and_of_postgresql) {
    EXPECT_EQ(to_base64(bytes_of("foobar!")), "Zm9vYmFyIQ==");
    EXPECT_EQ(to_base64({}), "");
    EXPECT_EQ(text_of(from_base64("Zm9v\nYmFyIQ==").value()), "foobar!");
    EXPECT_FALSE(from_base64("Zm9"));
}

TEST_F(SealTest, a_wrapped_key_opens_under_its_master_key_for_its_person_alone) {
    const auto wrapped = master.wrap(key);
    EXPECT_EQ(wrapped.size(), wrapped_key_bytes);
    const auto opened = master.unwrap(key.id, person, wrapped);
    ASSERT_TRUE(opened) << opened.error().message;
    EXPECT_EQ(opened->id, key.id);
    EXPECT_EQ(opened->user_id, person);
    EXPECT_TRUE(opened->secret == key.secret);

    EXPECT_FALSE(Seal(counting(1)).unwrap(key.id, person, wrapped));
    EXPECT_FALSE(master.unwrap(make_uuid_v7(), person, wrapped));
    EXPECT_FALSE(master.unwrap(key.id, make_uuid_v7(), wrapped));
    EXPECT_FALSE(master.unwrap(key.id, person, std::span(wrapped).first(wrapped.size() - 1)));
}

TEST_F(SealTest, each_key_made_is_another) {
    const DataKey other = Seal::make_key(person);
    EXPECT_NE(other.id, key.id);
    EXPECT_FALSE(other.secret == key.secret);
}

TEST_F(SealTest, a_keyed_hash_is_the_same_each_time_and_another_for_each_purpose_text_and_master) {
    const std::string hash = master.hmac_hex("safety_screening", "I am tired");
    EXPECT_EQ(hash.size(), 64U);
    EXPECT_EQ(hash.find_first_not_of("0123456789abcdef"), std::string::npos);
    EXPECT_EQ(Seal(counting(0)).hmac_hex("safety_screening", "I am tired"), hash);
    const std::set<std::string> all{hash, master.hmac_hex("safety_screening", "I am tired."),
                                    master.hmac_hex("crisis_log", "I am tired"),
                                    Seal(counting(1)).hmac_hex("safety_screening", "I am tired")};
    EXPECT_EQ(all.size(), 4U);
}

// Made once with Python's hmac and hashlib: what is stored must be found again by later versions.
TEST_F(SealTest, a_keyed_hash_never_changes_between_versions) {
    EXPECT_EQ(master.hmac_hex("safety_screening", "I am tired"),
              "8ab541059aeb9f5cfd3bd9523e7c46267f6ffaf8f0a0e97a040a67f27674223f");
}

std::string mode_of(const fs::path& path) {
    struct stat facts{};
    EXPECT_EQ(::stat(path.c_str(), &facts), 0);
    return std::format("{:o}", facts.st_mode & 07777U);
}

void write_file(const fs::path& path, const std::string& content, mode_t mode) {
    std::ofstream(path) << content;
    ::chmod(path.c_str(), mode);
}

struct MasterKeyTest : testing::Test {
    test::TempDirectory directory;
    fs::path file = directory.path() / "data" / "master.key";
};

TEST_F(MasterKeyTest, the_first_start_makes_it_for_the_owner_alone_and_the_next_reads_it) {
    const mode_t before = ::umask(0);
    const auto made = read_or_make_master_key(file);
    ::umask(before);
    ASSERT_TRUE(made) << made.error();
    EXPECT_EQ(fs::file_size(file), 32U);
    EXPECT_EQ(mode_of(file), "600");
    const auto again = read_or_make_master_key(file);
    ASSERT_TRUE(again) << again.error();
    EXPECT_TRUE(*made == *again);
    EXPECT_EQ(std::distance(fs::directory_iterator(file.parent_path()), {}), 1);
}

TEST_F(MasterKeyTest, first_starts_at_the_same_time_agree_on_one_key) {
    std::vector<Secret> keys(8);
    {
        std::vector<std::jthread> starts;
        starts.reserve(keys.size());
        for (Secret& key : keys) {
            starts.emplace_back([&] { key = read_or_make_master_key(file).value(); });
        }
    }
    for (const Secret& key : keys) {
        EXPECT_TRUE(key == keys[0]);
    }
    EXPECT_EQ(std::distance(fs::directory_iterator(file.parent_path()), {}), 1);
}

TEST_F(MasterKeyTest, a_file_that_others_may_read_is_refused_and_stays_as_it_is) {
    fs::create_directories(file.parent_path());
    for (const mode_t mode : {0640U, 0604U, 0620U, 0666U}) {
        write_file(file, std::string(32, 'k'), mode);
        const auto read = read_or_make_master_key(file);
        ASSERT_FALSE(read) << mode;
        EXPECT_TRUE(read.error().contains("others may read")) << read.error();
        EXPECT_TRUE(read.error().contains(file.string()));
    }
    write_file(file, std::string(32, 'k'), 0400);
    EXPECT_TRUE(read_or_make_master_key(file));
}

TEST_F(MasterKeyTest, a_file_of_another_size_is_refused_and_never_replaced) {
    fs::create_directories(file.parent_path());
    for (const std::size_t size : {0UZ, 31UZ, 33UZ}) {
        write_file(file, std::string(size, 'k'), 0600);
        const auto read = read_or_make_master_key(file);
        ASSERT_FALSE(read) << size;
        EXPECT_TRUE(read.error().contains("must have 32")) << read.error();
        EXPECT_EQ(fs::file_size(file), size);
    }
}

TEST_F(MasterKeyTest, what_is_no_file_is_refused) {
    fs::create_directories(file);
    fs::permissions(file, fs::perms::owner_all);
    EXPECT_FALSE(read_or_make_master_key(file));
}

TEST_F(MasterKeyTest, a_folder_that_cannot_be_made_is_named) {
    write_file(directory.path() / "data", "a file where the folder should be", 0600);
    const auto read = read_or_make_master_key(file);
    ASSERT_FALSE(read);
    EXPECT_TRUE(read.error().contains(file.string())) << read.error();
}

} // namespace
} // namespace haven::seal
