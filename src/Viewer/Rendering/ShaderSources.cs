using System.Reflection;
using Cellpose3D.Viewer.Contexts;

namespace Cellpose3D.Viewer.Rendering;

/// <summary>Puts shaders together from the files embedded in the assembly.</summary>
/// <remarks>The files keep to what GLSL 330 and GLSL ES 300 have in common; only the header says which it is.</remarks>
internal static class ShaderSources
{
    private const string Header = "#version 330 core\n";

    /// <summary>Makes a program.</summary>
    /// <param name="device">Where.</param>
    /// <param name="vertex">File of the vertex shader.</param>
    /// <param name="fragment">File of the fragment shader.</param>
    /// <param name="parts">Files put before the fragment shader, and before a vertex shader other than the screen's.</param>
    public static GlProgram Program(GlDevice device, string vertex, string fragment, params string[] parts)
    {
        string before = Header + string.Concat(parts.Select(Text));
        return new GlProgram(device, fragment, (vertex == "screen.vert.glsl" ? Header : before) + Text(vertex), before + Text(fragment));
    }

    private static string Text(string file)
    {
        using Stream stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(file)
            ?? throw new InvalidOperationException($"shader '{file}' is not embedded.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd() + "\n";
    }
}
