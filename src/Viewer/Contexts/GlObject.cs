namespace Cellpose3D.Viewer.Contexts;

/// <summary>Owns one object of OpenGL, which is deleted by <see cref="Dispose"/> on the context's thread.</summary>
internal abstract class GlObject : IDisposable
{
    private bool _disposed;

    private protected GlObject(GlDevice device)
    {
        Device = device;
        device.Count(1);
    }

#if DEBUG
    /// <summary>An object that was forgotten: its memory on the device would stay until the context ends.</summary>
    ~GlObject() => Environment.FailFast($"a {GetType().Name} was not disposed.");
#endif

    /// <summary>Where it lives.</summary>
    private protected GlDevice Device { get; }

    /// <summary>Deletes the object.</summary>
    public void Dispose()
    {
        if (_disposed)
            return;
        _disposed = true;
        Delete();
        Device.Count(-1);
        GC.SuppressFinalize(this);
    }

    /// <summary>Deletes the object on the device.</summary>
    private protected abstract void Delete();
}
