using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace Cellpose3D.Viewer.Server;

/// <summary>Who may talk to the server: those that know the token, from a page of the server itself, by a name that is its own.</summary>
/// <remarks>
/// The token keeps other users of the machine out; the Host check keeps out pages whose name was made to point here (DNS rebinding);
/// the Origin check keeps out pages of other sites, which the browser would send the cookie along for.
/// </remarks>
internal sealed class AccessGuard
{
    private readonly byte[] _digest;
    private readonly HashSet<string> _hosts = new(["127.0.0.1", "localhost", "[::1]"], StringComparer.OrdinalIgnoreCase);

    public AccessGuard(string token, IEnumerable<string> hosts)
    {
        Token = token;
        _digest = SHA256.HashData(Encoding.UTF8.GetBytes(token));
        _hosts.UnionWith(hosts);
        // browsers do not keep cookies of different ports apart, so each server's has its own name
        CookieName = "cellpose3d_" + Convert.ToHexStringLower(SHA256.HashData(_digest)[..6]);
    }

    public string Token { get; }

    public string CookieName { get; }

    /// <summary>A token nobody guesses: 192 bits.</summary>
    public static string NewToken() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(24));

    /// <summary>Why a request is refused; null where it is not.</summary>
    public (HttpStatusCode Status, string Reason)? Refuse(HttpRequest request)
    {
        string host = request.Host.Host;
        if (!_hosts.Contains(host))
            return (HttpStatusCode.MisdirectedRequest, $"this server does not answer to the name '{Short(host)}'; open it as 127.0.0.1 or localhost, or start it with --allow-host.");
        if (request.Headers.Origin is [{ } origin] && !IsOwn(origin, request.Host.Value ?? ""))
            return (HttpStatusCode.Forbidden, $"pages of '{Short(origin)}' may not use this server.");
        bool byQuery = Matches(request.Query["token"]);
        // a link may come from anywhere if it carries the token; everything else must come from the page itself
        if (request.Headers["Sec-Fetch-Site"] is [{ } site] && site is not ("same-origin" or "none") && !(byQuery && request.Headers["Sec-Fetch-Mode"] == "navigate"))
            return (HttpStatusCode.Forbidden, "other sites may not use this server.");
        return byQuery || Matches(request.Cookies[CookieName]) ? null
            : (HttpStatusCode.Forbidden, "the token is missing or wrong: open the address that 'cellpose3d view' printed, with ?token=.");
    }

    private static bool IsOwn(string origin, string host) =>
        string.Equals(origin, "http://" + host, StringComparison.OrdinalIgnoreCase) || string.Equals(origin, "https://" + host, StringComparison.OrdinalIgnoreCase);

    private static string Short(string text) => text.Length <= 80 ? text : text[..80] + "...";

    // digests have one length, so the comparison takes one time whatever was sent
    private bool Matches(string? token) =>
        token is not null && CryptographicOperations.FixedTimeEquals(SHA256.HashData(Encoding.UTF8.GetBytes(token)), _digest);
}
