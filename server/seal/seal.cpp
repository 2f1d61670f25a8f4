#include "server/seal/seal.hpp"

#include "bilateral/stroke.hpp"
#include "bilateral/uuid_v7.hpp"
#include "server/seal/master_key.hpp"
#include "server/seal/secret.hpp"

#include <sodium.h>

#include <algorithm>
#include <array>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <filesystem>
#include <format>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace haven::seal {

namespace {

constexpr std::byte format_1{1};
constexpr std::byte format_2{2}; ///< of a part: its id is authenticated, too
constexpr std::size_t nonce_bytes = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
constexpr std::size_t tag_bytes = crypto_aead_xchacha20poly1305_ietf_ABYTES;
static_assert(overhead_bytes == 1 + nonce_bytes + tag_bytes);
static_assert(Secret::size_bytes == crypto_aead_xchacha20poly1305_ietf_KEYBYTES);
static_assert(Secret::size_bytes == crypto_kdf_KEYBYTES);

const unsigned char* raw(const std::byte* bytes) {
    return reinterpret_cast<const unsigned char*>(bytes);
}

unsigned char* raw(std::byte* bytes) {
    return reinterpret_cast<unsigned char*>(bytes);
}

std::span<const std::byte> bytes_of(std::string_view text) {
    return std::as_bytes(std::span(text));
}

/// What is authenticated with a sealed thing: no two bindings or keys give the same bytes.
std::string associated(std::byte format, std::string_view purpose, std::span<const Uuid> ids) {
    assert(!purpose.empty() && !purpose.contains('\0'));
    std::string text = std::format("haven.seal.{}:", std::to_integer<int>(format));
    text += purpose;
    text += '\0';
    for (const Uuid& id : ids) {
        text.append(id.bytes.begin(), id.bytes.end());
    }
    return text;
}

std::string associated(std::byte format, const DataKey& key, const Binding& binding) {
    std::vector ids{key.id, binding.row_id, binding.user_id};
    if (format == format_2) {
        ids.push_back(binding.part.value());
    }
    return associated(format, binding.purpose, ids);
}

std::byte format_of(const Binding& binding) {
    return binding.part ? format_2 : format_1;
}

std::string associated_token(std::string_view bound_to) {
    std::string text = "haven.seal.1.token:";
    text += bound_to;
    return text;
}

using Nonce = std::array<unsigned char, nonce_bytes>;

Nonce random_nonce() {
    Nonce nonce{};
    randombytes_buf(nonce.data(), nonce.size());
    return nonce;
}

std::vector<std::byte> encrypt(std::byte format, const Secret& key, const std::string& data,
                               std::span<const std::byte> plain,
                               const Nonce& of_this = random_nonce()) {
    std::vector<std::byte> sealed(plain.size() + overhead_bytes);
    sealed[0] = format;
    unsigned char* const nonce = raw(sealed.data()) + 1;
    std::ranges::copy(of_this, nonce);
    crypto_aead_xchacha20poly1305_ietf_encrypt(nonce + nonce_bytes, nullptr, raw(plain.data()),
                                               plain.size(),
                                               reinterpret_cast<const unsigned char*>(data.data()),
                                               data.size(), nullptr, nonce, key.data());
    return sealed;
}

/// `plain` has the room it needs. False: it does not open.
bool decrypt(const Secret& key, const std::string& data, std::span<const std::byte> sealed,
             unsigned char* plain) {
    const unsigned char* const nonce = raw(sealed.data()) + 1;
    return crypto_aead_xchacha20poly1305_ietf_decrypt(
               plain, nullptr, nullptr, nonce + nonce_bytes, sealed.size() - 1 - nonce_bytes,
               reinterpret_cast<const unsigned char*>(data.data()), data.size(), nonce,
               key.data()) == 0;
}

std::expected<void, SealError> check_form(std::span<const std::byte> sealed,
                                          std::string_view purpose, std::byte newest = format_1) {
    if (sealed.size() < overhead_bytes) {
        return std::unexpected(SealError{
            std::format("{}: {} bytes are too few to be sealed", purpose, sealed.size())});
    }
    if (sealed[0] < format_1 || sealed[0] > newest) {
        return std::unexpected(
            SealError{std::format("{}: sealed in format {}, which this server does not know",
                                  purpose, std::to_integer<int>(sealed[0]))});
    }
    return {};
}

Secret derive(const Secret& master_key, std::uint64_t number, const char* context) {
    Secret derived;
    [[maybe_unused]] const int done = crypto_kdf_derive_from_key(
        derived.data(), Secret::size_bytes, number, context, master_key.data());
    assert(done == 0);
    return derived;
}

using Mac = std::array<unsigned char, crypto_auth_hmacsha256_BYTES>;

Mac hmac(const unsigned char* key, std::span<const std::byte> bytes) {
    Mac mac{};
    crypto_auth_hmacsha256(mac.data(), raw(bytes.data()), bytes.size(), key);
    return mac;
}

Secret token_key(const Secret& hmac_key) {
    const Mac mac = hmac(hmac_key.data(), bytes_of("haven.seal.1.token_key"));
    static_assert(std::tuple_size_v<Mac> == Secret::size_bytes);
    Secret key;
    std::ranges::copy(mac, key.data());
    return key;
}

std::string keyed_hash(const Secret& key, std::string_view purpose,
                       std::span<const std::byte> bytes) {
    // A key of its own for each purpose, so that no text can reach into another purpose.
    const Mac purpose_key = hmac(key.data(), bytes_of(purpose));
    const Mac mac = hmac(purpose_key.data(), bytes);
    std::string hex(mac.size() * 2 + 1, '\0');
    sodium_bin2hex(hex.data(), hex.size(), mac.data(), mac.size());
    hex.pop_back();
    return hex;
}

constexpr std::string_view key_purpose = "data_key";
constexpr std::string_view hash_purpose = "hash_key";
constexpr int token_variant = sodium_base64_VARIANT_URLSAFE_NO_PADDING;
constexpr std::size_t token_length_max = 1000;

} // namespace

std::vector<std::byte> seal(const DataKey& key, const Binding& binding,
                            std::span<const std::byte> plain) {
    assert(key.user_id == binding.user_id);
    const std::byte format = format_of(binding);
    return encrypt(format, key.secret, associated(format, key, binding), plain);
}

std::expected<std::vector<std::byte>, SealError> unseal(const DataKey& key, const Binding& binding,
                                                        std::span<const std::byte> sealed) {
    if (auto formed = check_form(sealed, binding.purpose, format_of(binding)); !formed) {
        return std::unexpected(std::move(formed.error()));
    }
    std::vector<std::byte> plain(sealed.size() - overhead_bytes);
    if (!decrypt(key.secret, associated(sealed[0], key, binding), sealed, raw(plain.data()))) {
        return std::unexpected(SealError{std::format(
            "{} of {}: does not open with key {}: it was changed, or sealed for another place",
            binding.purpose, to_string(binding.row_id), to_string(key.id))});
    }
    return plain;
}

Uuid part_of(std::int64_t number) {
    Uuid part{};
    auto rest = static_cast<std::uint64_t>(number);
    for (auto byte = part.bytes.rbegin(); rest != 0; rest >>= 8U, ++byte) {
        *byte = static_cast<std::uint8_t>(rest & 0xFFU);
    }
    return part;
}

std::string seal_text(const DataKey& key, const Binding& binding, std::string_view plain) {
    return to_base64(seal(key, binding, bytes_of(plain)));
}

std::expected<std::string, SealError> unseal_text(const DataKey& key, const Binding& binding,
                                                  std::string_view sealed_base64) {
    const auto sealed = from_base64(sealed_base64);
    if (!sealed) {
        return std::unexpected(sealed.error());
    }
    const auto plain = unseal(key, binding, *sealed);
    if (!plain) {
        return std::unexpected(plain.error());
    }
    return std::string(reinterpret_cast<const char*>(plain->data()), plain->size());
}

std::string to_base64(std::span<const std::byte> bytes) {
    constexpr int variant = sodium_base64_VARIANT_ORIGINAL;
    std::string text(sodium_base64_encoded_len(bytes.size(), variant), '\0');
    sodium_bin2base64(text.data(), text.size(), raw(bytes.data()), bytes.size(), variant);
    text.pop_back(); // the zero libsodium writes
    return text;
}

std::expected<std::vector<std::byte>, SealError> from_base64(std::string_view text) {
    std::vector<std::byte> bytes((text.size() / 4 * 3) + 3);
    std::size_t size = 0;
    // Line breaks are passed over: PostgreSQL's encode() writes them.
    if (sodium_base642bin(raw(bytes.data()), bytes.size(), text.data(), text.size(), "\n", &size,
                          nullptr, sodium_base64_VARIANT_ORIGINAL) != 0) {
        return std::unexpected(SealError{"what should be base64 is not"});
    }
    bytes.resize(size);
    return bytes;
}

std::expected<Seal, std::string> Seal::open(const std::filesystem::path& file,
                                            std::span<const std::filesystem::path> others) {
    if (sodium_init() < 0) {
        return std::unexpected("libsodium cannot start on this machine");
    }
    const auto master_key = read_or_make_master_key(file);
    if (!master_key) {
        return std::unexpected(master_key.error());
    }
    Seal seal(*master_key);
    for (const std::filesystem::path& other_file : others) {
        const auto other = read_master_key(other_file);
        if (!other) {
            return std::unexpected(other.error());
        }
        seal.also_open(*other);
    }
    return seal;
}

Seal::Known::Known(const Secret& master_key)
    : wrapping_key(derive(master_key, 1, "havenkey")), hmac_key(derive(master_key, 2, "havenmac")),
      name(keyed_hash(hmac_key, "master_key_check", bytes_of("which master key it is"))) {}

Seal::Seal(const Secret& master_key) {
    known_.emplace_back(master_key);
    hmac_key_ = known_.front().hmac_key.copy();
}

void Seal::also_open(const Secret& master_key) {
    Known other(master_key);
    if (!knows(other.name)) {
        known_.push_back(std::move(other));
    }
}

bool Seal::knows(std::string_view name) const {
    return std::ranges::contains(known_, name, &Known::name);
}

std::vector<std::byte> Seal::wrapped_hash_key() const {
    return encrypt(format_1, known_.front().wrapping_key, associated(format_1, hash_purpose, {}),
                   std::as_bytes(std::span(hmac_key_.data(), Secret::size_bytes)));
}

bool Seal::use_hash_key(std::string_view name, std::optional<std::span<const std::byte>> wrapped) {
    const auto known = std::ranges::find(known_, name, &Known::name);
    if (known == known_.end()) {
        return false;
    }
    if (!wrapped) {
        hmac_key_ = known->hmac_key.copy();
        return true;
    }
    return wrapped->size() == wrapped_key_bytes && check_form(*wrapped, hash_purpose) &&
           decrypt(known->wrapping_key, associated(format_1, hash_purpose, {}), *wrapped,
                   hmac_key_.data());
}

std::string Seal::hmac_hex(std::string_view purpose, std::span<const std::byte> bytes) const {
    return keyed_hash(hmac_key_, purpose, bytes);
}

std::string Seal::hmac_hex(std::string_view purpose, std::string_view text) const {
    return hmac_hex(purpose, bytes_of(text));
}

std::string Seal::seal_token(std::string_view bound_to, std::span<const std::byte> plain) const {
    const std::string data = associated_token(bound_to);
    const Mac data_key = hmac(hmac_key_.data(), bytes_of(data));
    const Mac mac = hmac(data_key.data(), plain);
    Nonce nonce{};
    std::copy_n(mac.begin(), nonce.size(), nonce.begin());
    const std::vector<std::byte> sealed =
        encrypt(format_1, token_key(hmac_key_), data, plain, nonce);
    std::string token(sodium_base64_encoded_len(sealed.size(), token_variant), '\0');
    sodium_bin2base64(token.data(), token.size(), raw(sealed.data()), sealed.size(), token_variant);
    token.pop_back(); // the zero libsodium writes
    return token;
}

std::optional<std::vector<std::byte>> Seal::unseal_token(std::string_view bound_to,
                                                         std::string_view token) const {
    std::vector<std::byte> sealed(std::min(token.size(), token_length_max));
    std::size_t size = 0;
    if (token.size() > token_length_max ||
        sodium_base642bin(raw(sealed.data()), sealed.size(), token.data(), token.size(), nullptr,
                          &size, nullptr, token_variant) != 0) {
        return std::nullopt;
    }
    sealed.resize(size);
    if (!check_form(sealed, "token")) {
        return std::nullopt;
    }
    std::vector<std::byte> plain(sealed.size() - overhead_bytes);
    if (!decrypt(token_key(hmac_key_), associated_token(bound_to), sealed, raw(plain.data()))) {
        return std::nullopt;
    }
    return plain;
}

DataKey Seal::make_key(const Uuid& user_id) {
    return {.id = make_uuid_v7(), .user_id = user_id, .secret = Secret::random()};
}

std::vector<std::byte> Seal::wrap(const DataKey& key) const {
    const std::array ids{key.id, key.user_id};
    return encrypt(format_1, known_.front().wrapping_key, associated(format_1, key_purpose, ids),
                   std::as_bytes(std::span(key.secret.data(), Secret::size_bytes)));
}

std::expected<DataKey, SealError> Seal::unwrap(const Uuid& id, const Uuid& user_id,
                                               std::span<const std::byte> wrapped) const {
    if (auto formed = check_form(wrapped, key_purpose); !formed) {
        return std::unexpected(std::move(formed.error()));
    }
    DataKey key{.id = id, .user_id = user_id, .secret = {}};
    const std::array ids{id, user_id};
    const std::string data = associated(format_1, key_purpose, ids);
    const auto opens = [&](const Known& one) {
        return decrypt(one.wrapping_key, data, wrapped, key.secret.data());
    };
    if (wrapped.size() != wrapped_key_bytes || std::ranges::none_of(known_, opens)) {
        return std::unexpected(SealError{
            std::format("the data key {} does not open: it was changed, or wrapped under another "
                        "master key",
                        to_string(id))});
    }
    return key;
}

} // namespace haven::seal
