#pragma once

#include "bilateral/stroke.hpp"
#include "server/seal/secret.hpp"

#include <cstddef>
#include <cstdint>
#include <expected>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

/// What is sealed at rest, and under which key. One master key, in a file, outside of the database;
/// one data key a person, in the database, wrapped under the master key: whoever has the database
/// alone has nothing, and destroying a person's key destroys every copy of what it sealed.
///
///     http::Services::seal                           the master key's work, always there
///     co_await seal::user_key(exchange, user_id)     the person's data key (user_keys.hpp)
///     seal::seal(key, {"artifact_file", row_id, user_id}, bytes)
///     seal::unseal(key, {"artifact_file", row_id, user_id}, sealed)
///     services.seal.hmac_hex("safety_screening", bytes)
///
/// Pure, but for Seal::open; every function may be called from any thread. Big files are sealed on
/// a worker.
namespace haven::seal {

/// What a sealed thing is bound to. Moved to another row, another person, another purpose or
/// another part of its row it does not open.
struct Binding {
    std::string_view purpose; ///< a constant of the caller's: "artifact_text", "clinician_notes"
    Uuid row_id;
    Uuid user_id;
    std::optional<Uuid> part = {}; ///< which of several of its row: a version, who wrote it
};

/// The part that has a number, such as a version.
[[nodiscard]] Uuid part_of(std::int64_t number);

/// A person's key: encryption_keys.
struct DataKey {
    Uuid id;      ///< what goes into the columns encryption_key_id
    Uuid user_id; ///< whose it is
    Secret secret;
};

/// Why something does not open; says what, never a content. To be logged.
struct SealError {
    std::string message;
};

/// How much longer what is sealed is: format, nonce and tag.
inline constexpr std::size_t overhead_bytes = 1 + 24 + 16;
/// encryption_keys.wrapped_key.
inline constexpr std::size_t wrapped_key_bytes = Secret::size_bytes + overhead_bytes;

/// XChaCha20-Poly1305 with a random nonce: the same twice is not the same. Asserts that the key is
/// that of the binding's user. What was sealed before parts were told apart opens in each part.
[[nodiscard]] std::vector<std::byte> seal(const DataKey& key, const Binding& binding,
                                          std::span<const std::byte> plain);
[[nodiscard]] std::expected<std::vector<std::byte>, SealError>
unseal(const DataKey& key, const Binding& binding, std::span<const std::byte> sealed);

/// The same for texts in columns of type TEXT: sealed as base64.
[[nodiscard]] std::string seal_text(const DataKey& key, const Binding& binding,
                                    std::string_view plain);
[[nodiscard]] std::expected<std::string, SealError>
unseal_text(const DataKey& key, const Binding& binding, std::string_view sealed_base64);

[[nodiscard]] std::string to_base64(std::span<const std::byte> bytes);
[[nodiscard]] std::expected<std::vector<std::byte>, SealError> from_base64(std::string_view text);

/// What only the master key can do. Lives as long as the server; const, so any thread's.
class Seal {
  public:
    /// From the file of the master key, which is made where it does not exist (mode 0600, durable,
    /// said in the log), and while keys are exchanged the files of others, which must exist.
    /// Refused: a file that others may read, or of another size. The error says what to do.
    [[nodiscard]] static std::expected<Seal, std::string>
    open(const std::filesystem::path& file, std::span<const std::filesystem::path> others = {});
    /// From the key itself. Derives what is used; the key is not kept.
    explicit Seal(const Secret& master_key);
    /// One more that opens what is wrapped under it; nothing is wrapped under it.
    void also_open(const Secret& master_key);

    /// Which master key wraps, as the columns master_key say it: it leads to no key.
    [[nodiscard]] const std::string& master_key() const { return known_.front().name; }
    [[nodiscard]] bool knows(std::string_view name) const;
    /// The key of keyed hashes, which stays when master keys are exchanged: wrapped under the
    /// master key, to be kept in the database.
    [[nodiscard]] std::vector<std::byte> wrapped_hash_key() const;
    /// The one that counts: what is kept with the master key `name`, or where nothing is that one's
    /// own. False: it does not open.
    [[nodiscard]] bool use_hash_key(std::string_view name,
                                    std::optional<std::span<const std::byte>> wrapped);

    /// A keyed hash, the same on every day and every server of this master key: 64 hexadecimal
    /// digits of HMAC-SHA-256. A short text cannot be guessed from it without the master key; equal
    /// bytes under different purposes do not meet.
    [[nodiscard]] std::string hmac_hex(std::string_view purpose,
                                       std::span<const std::byte> bytes) const;
    [[nodiscard]] std::string hmac_hex(std::string_view purpose, std::string_view text) const;

    /// What a client keeps and brings back, as text for a URI: sealed like the rest, but the same
    /// for the same bytes and binding, so that an answer that holds it is the same too. The nonce
    /// is a keyed hash of both. `bound_to`: what alone it is good for.
    [[nodiscard]] std::string seal_token(std::string_view bound_to,
                                         std::span<const std::byte> plain) const;
    /// Nothing for what is not of this key, was changed, or is good for something else.
    [[nodiscard]] std::optional<std::vector<std::byte>> unseal_token(std::string_view bound_to,
                                                                     std::string_view token) const;

    /// A new key for a person.
    [[nodiscard]] static DataKey make_key(const Uuid& user_id);
    /// As it is kept in encryption_keys: sealed, bound to its id and its person.
    [[nodiscard]] std::vector<std::byte> wrap(const DataKey& key) const;
    [[nodiscard]] std::expected<DataKey, SealError>
    unwrap(const Uuid& id, const Uuid& user_id, std::span<const std::byte> wrapped) const;

  private:
    struct Known {
        explicit Known(const Secret& master_key);
        Secret wrapping_key;
        Secret hmac_key;
        std::string name;
    };
    std::vector<Known> known_; ///< the first wraps
    Secret hmac_key_;
};

} // namespace haven::seal
