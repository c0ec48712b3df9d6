using System.Reflection;
using System.Runtime.Loader;

namespace Blockwright.Tool.Outside;

/// <summary>
/// Loads a project's assembly with the libraries that it was built with: its own Blockwright, its own torch. The tool's assembly is loaded there once more, so that its commands see the project's types; the two sides share the framework alone.
/// </summary>
internal sealed class ProjectContext : AssemblyLoadContext
{
    private static readonly string ToolFolder = AppContext.BaseDirectory;

    private readonly AssemblyDependencyResolver _resolver;
    private readonly string _folder;

    private ProjectContext(string assembly)
        : base(Path.GetFileNameWithoutExtension(assembly))
    {
        _resolver = new(assembly);
        _folder = Path.GetDirectoryName(assembly)!;
    }

    /// <summary>Runs a command on the project's side.</summary>
    /// <returns>The exit code.</returns>
    /// <exception cref="BadInputException">The assembly is no assembly, or has no Blockwright of this version.</exception>
    public static int Run(string assembly, string command, IReadOnlyDictionary<string, string> values, TextWriter output, TextWriter error)
    {
        var context = new ProjectContext(assembly);
        Assembly project;
        try
        {
            project = context.LoadFromAssemblyPath(assembly);
        }
        catch (Exception e) when (e is BadImageFormatException or FileLoadException)
        {
            throw new BadInputException($"{assembly} is no assembly of .NET: {e.Message}", e);
        }
        context.CheckRuntime(project, assembly);
        var inside = context.LoadFromAssemblyPath(typeof(ProjectContext).Assembly.Location).GetType(typeof(Inside.Entry).FullName!)!.GetMethod(nameof(Inside.Entry.Run))!;
        return inside.CreateDelegate<Func<Assembly, string, IReadOnlyDictionary<string, string>, TextWriter, TextWriter, int>>()(project, command, values, output, error);
    }

    protected override Assembly? Load(AssemblyName assemblyName)
    {
        var path = OfProject(assemblyName) ?? Beside(ToolFolder, assemblyName);
        return path is null ? null : LoadFromAssemblyPath(path);
    }

    protected override nint LoadUnmanagedDll(string unmanagedDllName)
    {
        var path = _resolver.ResolveUnmanagedDllToPath(unmanagedDllName);
        return path is null ? base.LoadUnmanagedDll(unmanagedDllName) : LoadUnmanagedDllFromPath(path);
    }

    /// <summary>The tool reads the project's networks by the types that it was built with.</summary>
    private void CheckRuntime(Assembly project, string assembly)
    {
        var runtime = OfProject(new AssemblyName("Blockwright")) is { } path ? LoadFromAssemblyPath(path) : throw new BadInputException($"{assembly} has no networks: there is no Blockwright.dll beside it.");
        var (own, theirs) = (VersionOf(typeof(ProjectContext).Assembly), VersionOf(runtime));
        if (own != theirs)
            throw new BadInputException($"{project.GetName().Name} is built with Blockwright {theirs}, and this is the tool of {own}: install that version of Blockwright.Tool.");
    }

    private string? OfProject(AssemblyName name) => _resolver.ResolveAssemblyToPath(name) ?? Beside(_folder, name);

    private static string VersionOf(Assembly assembly) => (assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "").Split('+')[0];

    private static string? Beside(string folder, AssemblyName name) => Path.Combine(folder, name.Name + ".dll") is var path && File.Exists(path) ? path : null;
}
