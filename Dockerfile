# Needs BuildKit, or buildah. Tags can move: where the registries can be reached, pin both images by digest too
# (image:tag@sha256:…). Where a mirror has them, name them by these arguments.
ARG BUILD_IMAGE=golang:1.26.8-bookworm
ARG BASE_IMAGE=gcr.io/distroless/static-debian12:nonroot

FROM --platform=$BUILDPLATFORM $BUILD_IMAGE AS build
WORKDIR /src

# Where Go finds modules and their checksums; empty: its own defaults. See go help environment.
ARG GOPROXY
ARG GONOPROXY
ARG GOSUMDB
ARG GONOSUMDB
ARG GOPRIVATE

# A layer of its own: modules are fetched again only when go.mod or go.sum change. The secrets, which are optional and
# end up in no layer, are a CA that Go trusts beside those of the image, and a log-in for the proxy of modules.
COPY go.mod go.sum ./
RUN --mount=type=secret,id=ca,target=/etc/ssl/certs/extra-ca.pem \
    --mount=type=secret,id=netrc,target=/root/.netrc \
    go mod download

COPY . .
ARG VERSION=dev
ARG REVISION=unknown
ARG TARGETOS
ARG TARGETARCH
# The modules are there, so this needs no network. There is no git repository to ask for the revision.
RUN CGO_ENABLED=0 GOOS=$TARGETOS GOARCH=$TARGETARCH GOPROXY=off \
    go build -trimpath -buildvcs=false -ldflags="-s -w -X main.version=$VERSION -X main.commit=$REVISION" \
    -o /out/ws1bridge ./cmd/ws1bridge

# The configuration file of the image, to be mounted over: serve and the health check find the same one.
RUN echo '# Mount the configuration of the bridge here; without one, the environment has all settings.' > /out/config.yaml

# Static: CA certificates and time zones, no shell, no package manager. Its tag follows Debian 12's updates.
FROM $BASE_IMAGE
ARG VERSION=dev
ARG REVISION=unknown
LABEL org.opencontainers.image.title="ws1bridge" \
      org.opencontainers.image.description="Okta (SCIM 2.0) to Workspace ONE Access (SCIM 1.1) provisioning bridge" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="$VERSION" \
      org.opencontainers.image.revision="$REVISION"

COPY --from=build /src/LICENSE /LICENSE
COPY --from=build /out/ws1bridge /ws1bridge
COPY --from=build /out/config.yaml /etc/ws1bridge/config.yaml
ENV WS1BRIDGE_CONFIG=/etc/ws1bridge/config.yaml

# nonroot, as a number: Kubernetes checks runAsNonRoot by it.
USER 65532:65532
# 8080: Okta calls here. 9090: health and metrics, not for the public.
EXPOSE 8080 9090
# Asks /healthz at the address "listen" of the configuration that WS1BRIDGE_CONFIG and the environment give.
HEALTHCHECK --interval=10s --timeout=5s --start-period=10s --retries=3 CMD ["/ws1bridge", "healthcheck"]
ENTRYPOINT ["/ws1bridge"]
CMD ["serve"]
