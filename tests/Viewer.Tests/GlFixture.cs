using Cellpose3D.Viewer.Contexts;
using Cellpose3D.Viewer.Rendering;

[assembly: AssemblyFixture(typeof(Cellpose3D.Viewer.Tests.GlFixture))]

namespace Cellpose3D.Viewer.Tests;

/// <summary>One context for all tests; where there is none, tests skip and say why.</summary>
public sealed class GlFixture : IDisposable
{
    private readonly GlThread? _thread;
    private readonly string _reason = "";

    public GlFixture()
    {
        try
        {
            _thread = GlThread.OpenHeadless();
        }
        catch (GlContextException e)
        {
            _reason = e.Message;
        }
    }

    /// <summary>The context's thread; skips the running test, visibly, where there is none.</summary>
    public GlThread Thread
    {
        get
        {
            Assert.SkipWhen(_thread is null, _reason);
            return _thread!;
        }
    }

    /// <summary>Runs a test with a renderer of its own, and finds every object given back after it.</summary>
    public T Render<T>(Func<SceneRenderer, T> test) => Thread.Invoke(device =>
    {
        int before = device.LiveObjects;
        T result;
        using (var renderer = new SceneRenderer(device))
            result = test(renderer);
        Assert.Equal(before, device.LiveObjects);
        return result;
    });

    public void Dispose() => _thread?.Dispose();
}
