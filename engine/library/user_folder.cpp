#include "engine/library/user_folder.h"

#include <pwd.h>
#include <unistd.h>

#include <cstdlib>

namespace entrain {
namespace fs = std::filesystem;
namespace {

/// Relative ones are to be ignored.
fs::path named_by(const char* variable) {
  const char* value = std::getenv(variable);
  return value && *value == '/' ? fs::path(value) : fs::path();
}

fs::path home() {
  if (auto named = named_by("HOME"); !named.empty()) return named;
  const passwd* me = ::getpwuid(::getuid());
  return me && me->pw_dir ? fs::path(me->pw_dir) : fs::path("/");
}

}  // namespace

fs::path user_folder(const char* variable, const char* below_home) {
  fs::path base = named_by(variable);
  if (base.empty()) base = home() / below_home;
  return base / "entrain";
}

}  // namespace entrain
