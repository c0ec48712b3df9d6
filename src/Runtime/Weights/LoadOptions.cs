using System.IO.Enumeration;

namespace Blockwright;

/// <summary>How weights are loaded, where the plain way does not do: <c>net.LoadWeights(path, new() { Entry = "ema" })</c>.</summary>
public sealed record LoadOptions
{
    /// <summary>Whether file and module must agree in all keys and shapes, which is so unless said otherwise. If not, what fits is loaded.</summary>
    public bool Strict { get; init; } = true;

    /// <summary>
    /// Which state dict of several in a PyTorch file: the keys that lead to it, joined by dots (<c>model.state_dict</c>), or the last of them; the empty text
    /// is the dict that was saved itself. Left out, the only one is taken, or the only one that fits the module.
    /// </summary>
    public string? Entry { get; init; }

    /// <summary>
    /// What stands before the module's keys in the file. Entries without it are left out, and it is taken off the others. Left out, <c>module.</c>,
    /// <c>_orig_mod.</c> and <c>model.</c> before every key are recognised, and <see cref="LoadReport.Prefix"/> says so; the empty text takes the
    /// keys as they are.
    /// </summary>
    public string? Prefix { get; init; }

    /// <summary>Gives the module's key for a key of the file, without its prefix; or null to leave the entry out.</summary>
    public Func<string, string?>? Rename { get; init; }

    /// <summary>
    /// The module's keys that stay as they are, whatever the file has under them: a key, in which <c>*</c> stands for any characters, or none, and <c>?</c> for one. <c>["fc.*"]</c> loads a network into one of
    /// another number of classes. In a strict load each of them must fit a key of the module or of the file.
    /// </summary>
    public IReadOnlyList<string> Except { get; init; } = [];

    /// <summary>Whether a key of the module stays as it is.</summary>
    internal bool Excepts(string key) => Except.Any(pattern => IsLike(key, pattern));

    /// <summary>Whether a key is one that a pattern stands for.</summary>
    internal static bool IsLike(string key, string pattern) => FileSystemName.MatchesSimpleExpression(pattern, key, ignoreCase: false);
}
