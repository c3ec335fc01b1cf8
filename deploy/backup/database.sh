# Sourced by `backup` and `restore`: which database there is, and how its programs reach it.

# postgresql or sqlite, from DATABASE_URL.
kind_of_database() {
    case ${DATABASE_URL:-} in
        postgres://* | postgresql://*) echo postgresql ;;
        '' | sqlite:///*) echo sqlite ;;
        *) fail "DATABASE_URL is neither postgresql:// nor sqlite:///" ;;
    esac
}

# The file of SQLite; $1 is the data directory.
sqlite_file() {
    case ${DATABASE_URL:-} in
        '') echo "$1/canvas.sqlite3" ;;
        *) url=${DATABASE_URL#sqlite:///} && echo "${url%%\?*}" ;;
    esac
}

# Runs a program of PostgreSQL. The password goes by the environment: arguments are public on a machine.
with_postgresql() {
    address=${DATABASE_URL#*://}
    account=
    case $address in
        *@*) account=${address%@*} address=${address##*@} ;;
    esac
    password=
    case $account in
        *:*) password=${account#*:} account=${account%%:*} ;;
    esac
    url="postgresql://${account:+$account@}$address"
    program=$1
    shift
    # Unset rather than empty: ~/.pgpass counts only then.
    if [ -n "$password" ]; then
        PGPASSWORD=$(decoded "$password") "$program" --dbname="$url" "$@"
    else
        "$program" --dbname="$url" "$@"
    fi
}

# Without the %-codes of an address.
decoded() {
    printf '%s\n' "$1" | awk '{
        hex = "0123456789abcdef"
        while (match($0, /%[0-9A-Fa-f][0-9A-Fa-f]/)) {
            code = tolower(substr($0, RSTART + 1, 2))
            value = 16 * (index(hex, substr(code, 1, 1)) - 1) + index(hex, substr(code, 2, 1)) - 1
            done = done substr($0, 1, RSTART - 1) sprintf("%c", value)
            $0 = substr($0, RSTART + 3)
        }
        print done $0
    }'
}
