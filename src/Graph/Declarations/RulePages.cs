using System.Reflection;

namespace Blockwright.Graph;

/// <summary>
/// The pages of the diagnostics, docs/rules/BWnnnn.md, as help links name them: at the address that the build is given (RulePagesAddress in Directory.Build.props); without one, the file in the package that these
/// assemblies were loaded from.
/// </summary>
public static class RulePages
{
    private const string Relative = "docs/rules/";
    private const string AddressName = "RulePages";

    private static readonly string Start = StartOf(AddressOf(typeof(RulePages).Assembly), typeof(RulePages).Assembly.Location);

    /// <summary>The help link of a diagnostic.</summary>
    public static string Of(string id) => $"{Start}{id}.md";

    /// <summary>
    /// What the pages' links begin with. An editor may load copies of a package's assemblies from elsewhere, or from memory, and an analyzer may not look whether a file exists: beside anything but a package's
    /// folder of analyzers no page is promised, and the link is relative to the repository.
    /// </summary>
    /// <param name="address">The address that the build was given, or empty.</param>
    /// <param name="assembly">The file that the compiler loaded, or empty.</param>
    public static string StartOf(string address, string assembly)
    {
        if (address.Length > 0)
            return address.TrimEnd('/') + "/";
        var folders = assembly.Split('/', '\\');
        return folders.Length > 4 && folders.Skip(folders.Length - 4).Take(3).SequenceEqual(["analyzers", "dotnet", "cs"], StringComparer.OrdinalIgnoreCase)
            && Uri.TryCreate(string.Join("/", folders.Take(folders.Length - 4)) + "/" + Relative, UriKind.Absolute, out var pages)
            ? pages.AbsoluteUri
            : Relative;
    }

    private static string AddressOf(Assembly assembly) => assembly.GetCustomAttributes<AssemblyMetadataAttribute>().FirstOrDefault(static each => each.Key == AddressName)?.Value ?? "";
}
